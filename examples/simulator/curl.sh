#!/usr/bin/env bash
# Talks to the simulator with nothing but curl. Start it in another terminal, and paste here the lines it prints:
#   cargo run --example simulator --features simulator
set -euo pipefail
: "${WHATSAPP_GRAPH_URL:?paste the lines that the simulator prints}"
customer="${1:-14155550132}"

graph() {
    curl --silent --show-error --fail-with-body \
        --header "Authorization: Bearer $WHATSAPP_ACCESS_TOKEN" "$@"
    echo
}
phone="$WHATSAPP_GRAPH_URL/v26.0/$WHATSAPP_PHONE_NUMBER_ID"

send() {
    graph "$phone/messages" --json "{\"messaging_product\": \"whatsapp\", \"to\": \"$customer\", $1}"
}

# What the customer does is no part of Graph. The page does it by the same requests.
customer_does() {
    curl --silent --show-error --fail-with-body "$WHATSAPP_GRAPH_URL/simulator/act" \
        --json "{\"person\": \"$customer\", $1}"
    echo
}

# A template is delivered at any time, all else only within 24 hours of the customer's last message.
send '"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}'
customer_does '"act": "say", "text": "Are you open on Monday?"'
send '"type": "text", "text": {"body": "We are, from nine to six."}'
send '"type": "interactive", "interactive": {"type": "button", "body": {"text": "Shall we book a visit?"},
    "action": {"buttons": [
        {"type": "reply", "reply": {"id": "book", "title": "Book"}},
        {"type": "reply", "reply": {"id": "later", "title": "Later"}}]}}'
customer_does '"act": "tap", "id": "book"'
