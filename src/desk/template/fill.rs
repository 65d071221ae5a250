//! What can be sent.

use crate::{
    desk::{TemplateProblem, Templates, template::definition_of, tenant::not_found},
    error::Result,
    message,
    store::StoredTemplate,
    template::{Definition, TemplateStatus},
    time::Timestamp,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What can be sent.
impl Templates {
    /// Fills in the version of a template that Meta has, with the values of its placeholders; see [`Definition::fill`].
    ///
    /// A template that needs more than that (a file, the ends of addresses) is filled in from [`sendable`](Self::sendable).
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for values that do not fit this very version, and those of
    /// [`sendable`](Self::sendable): all of them before anything is sent.
    pub async fn fill(
        &self,
        name: &str,
        language: &str,
        values: impl Into<message::Parameters> + Send,
    ) -> Result<message::Template> {
        let values = values.into();
        self.sendable(name, language).await?.fill(values).build()
    }

    /// The version of a template that Meta has, if Meta takes messages of it.
    ///
    /// # Errors
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) for a template that is not approved, is paused or is missing at
    /// Meta, as [`TemplateProblem`] says; [`ErrorKind::NotFound`](crate::ErrorKind::NotFound),
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    ///
    /// ```no_run
    /// # async fn f(acme: whatsapp_business::desk::Tenant) -> whatsapp_business::Result<()> {
    /// let definition = acme.templates("102290129340398").sendable("order_update", "en_US").await?;
    /// let message = definition.fill([("name", "Ana")]).url_button(0, "A-42").build()?;
    /// acme.send("106540352242922", "+14155552671", message).await?;
    /// # Ok(()) }
    /// ```
    pub async fn sendable(&self, name: &str, language: &str) -> Result<Definition> {
        let template = self.find(name, language).await?;
        let number = sendable(&template)?;
        let version = self.stored_version(&template.id, number).await?;
        Ok(definition_of(&version.ok_or_else(|| not_found("version of this template"))?)?)
    }
}

/// The version that can be sent.
fn sendable(template: &StoredTemplate) -> Result<u32, TemplateProblem> {
    if let Some(since) = template.missing_since {
        return Err(TemplateProblem::Missing { since });
    }
    match (&template.status, template.at_meta) {
        (Some(TemplateStatus::Approved), Some(number)) => Ok(number),
        (None | Some(TemplateStatus::Approved), _) => Err(TemplateProblem::NotAtMeta),
        (Some(status), _) => Err(TemplateProblem::NotSendable {
            status: status.clone(),
            since: template.status_at,
            until: pause_ends(template),
        }),
    }
}

/// When a pause ends, by [Meta](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-pausing).
fn pause_ends(template: &StoredTemplate) -> Option<Timestamp> {
    let hours = match template.rejection.as_deref()? {
        "FIRST_PAUSE" => 3,
        "SECOND_PAUSE" => 6,
        _ => return None,
    };
    template.status_at.map(|since| since + HOUR * hours)
}

#[cfg(test)]
mod tests {
    use super::{HOUR, sendable};
    use crate::{desk::TemplateProblem, store::StoredTemplate, template::TemplateStatus, time::Timestamp};

    const NOW: Timestamp = Timestamp::from_seconds(100);

    fn template(status: Option<TemplateStatus>) -> StoredTemplate {
        let mut template = StoredTemplate::new("t", "account", "hello", "en_US", NOW);
        (template.status, template.status_at, template.at_meta) = (status, Some(NOW), Some(2));
        template
    }

    #[test]
    fn only_what_meta_approved_is_sent_in_the_version_that_it_has() {
        assert_eq!(sendable(&template(Some(TemplateStatus::Approved))), Ok(2));
        assert_eq!(sendable(&template(None)), Err(TemplateProblem::NotAtMeta));
        for status in TemplateStatus::KNOWN {
            let is_sendable = sendable(&template(Some(status.clone()))).is_ok();
            assert_eq!(is_sendable, *status == TemplateStatus::Approved, "{status}");
        }
        let mut missing = template(Some(TemplateStatus::Approved));
        missing.missing_since = Some(NOW);
        assert_eq!(sendable(&missing), Err(TemplateProblem::Missing { since: NOW }));
    }

    #[test]
    fn a_pause_tells_its_begin_and_its_end() {
        for (reason, hours) in [("FIRST_PAUSE", Some(3)), ("SECOND_PAUSE", Some(6)), ("OTHER", None)] {
            let mut paused = template(Some(TemplateStatus::Paused));
            paused.rejection = Some(reason.into());
            let (since, until) = (Some(NOW), hours.map(|hours: u32| NOW + HOUR * hours));
            let status = TemplateStatus::Paused;
            assert_eq!(sendable(&paused), Err(TemplateProblem::NotSendable { status, since, until }));
        }
    }
}
