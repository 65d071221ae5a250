//! What is to go wrong: by chance, and because a test asked for it.

use crate::{
    id::AccountId,
    simulator::{
        faults::{Faults, Permission},
        refusal::Refusal,
        webhooks::Turn,
    },
    time::Timestamp,
};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// How late a late webhook is at most.
const LATEST: Duration = Duration::from_secs(2);

/// The troubles ahead.
pub(crate) struct Trouble {
    pub(crate) faults: Faults,
    /// Codes that the next requests are refused with.
    pub(crate) refusals: VecDeque<i64>,
    /// How many of the next sends get no answer.
    pub(crate) lost_answers: usize,
    pub(crate) token: Token,
    /// Permissions that the app lacks.
    lacking: Vec<Permission>,
    /// Whether the numbers are being upgraded.
    pub(crate) maintenance: bool,
    /// Accounts that have to wait, and until when.
    pub(super) throttled: HashMap<AccountId, Timestamp>,
    /// For requests and for webhooks. Of their own, so that ids are the same with and without faults, and what happens to
    /// requests does not hang on how fast webhooks are answered.
    rng: fastrand::Rng,
    webhooks: fastrand::Rng,
}

/// Which token counts, beside the one that the simulator began with.
#[derive(Default)]
pub(crate) struct Token {
    pub(crate) is_expired: bool,
    pub(crate) renewed: Option<String>,
    pub(crate) before: Vec<String>,
}

impl Token {
    /// The token that `token` stands for, where `first` is the one that the simulator began with and others are as they are.
    pub(crate) fn meant<'t>(&self, token: &'t str, first: &'t str) -> Result<&'t str, Refusal> {
        let newest = self.renewed.as_deref().unwrap_or(first);
        if token == newest && !self.is_expired {
            return Ok(first);
        }
        if token == newest || token == first || self.before.iter().any(|before| before == token) {
            return Err(Refusal::expired());
        }
        Ok(token)
    }

    /// From now on `token` counts, and those before it are expired.
    pub(crate) fn renew(&mut self, token: String) {
        self.before.extend(self.renewed.replace(token));
        self.is_expired = false;
    }
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mishap {
    /// Whether the request is carried out all the same.
    pub(crate) is_carried_out: bool,
    pub(crate) answer: Spoilt,
}

/// What comes in the place of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoilt {
    Lost,
    Reset,
    /// An error of the Graph API.
    Refused(i64),
    /// HTTP 429 without Graph's envelope.
    TooMany,
    /// A proxy's page with this HTTP status.
    Page(u16),
    /// The answer itself, very slowly.
    Slow,
    /// The answer itself, of which this part gets through: 0 is next to nothing, 255 nearly all.
    Truncated(u8),
}

impl Trouble {
    pub(crate) fn lacks(&self, permission: Permission) -> bool {
        self.lacking.contains(&permission)
    }

    pub(crate) fn permit(&mut self, permission: Permission, on: bool) {
        self.lacking.retain(|lacking| *lacking != permission);
        if !on {
            self.lacking.push(permission);
        }
    }

    pub(super) fn new(faults: Faults, mut rng: fastrand::Rng) -> Self {
        let webhooks = rng.fork();
        Self {
            faults,
            refusals: VecDeque::new(),
            lost_answers: 0,
            token: Token::default(),
            lacking: Vec::new(),
            maintenance: false,
            throttled: HashMap::new(),
            rng,
            webhooks,
        }
    }

    /// What goes wrong by chance with a request that arrives now.
    pub(crate) fn mishap(&mut self, is_send: bool) -> Option<Mishap> {
        let (faults, rng) = (&self.faults, &mut self.rng);
        type Make = fn(&mut fastrand::Rng, bool) -> Mishap;
        let kinds: [(f64, Make); 8] = [
            (faults.lost_answers, |_, _| Mishap::after(Spoilt::Lost)),
            (faults.resets_before, |_, _| Mishap { is_carried_out: false, answer: Spoilt::Reset }),
            (faults.resets_after, |_, _| Mishap::after(Spoilt::Reset)),
            (faults.server_errors, |rng, _| {
                let code = pick(rng, &[131_000, 131_016, 2]);
                Mishap { is_carried_out: rng.bool(), answer: Spoilt::Refused(code) }
            }),
            (faults.too_many_requests, |rng, is_send| {
                let codes = if is_send { [4, 130_429, 131_056, 0] } else { [4, 80_007, 80_007, 0] };
                let answer = match pick(rng, &codes) {
                    0 => Spoilt::TooMany,
                    code => Spoilt::Refused(code),
                };
                Mishap { is_carried_out: false, answer }
            }),
            (faults.slow_answers, |_, _| Mishap::after(Spoilt::Slow)),
            (faults.truncated_answers, |rng, _| Mishap::after(Spoilt::Truncated(rng.u8(..)))),
            (faults.html_errors, |rng, _| {
                let status = pick(rng, &[502, 503, 504]);
                Mishap { is_carried_out: rng.bool(), answer: Spoilt::Page(status) }
            }),
        ];
        if kinds.iter().all(|(chance, _)| *chance <= 0.0) {
            return None;
        }
        let mut lot = rng.f64();
        let (_, make) = kinds.into_iter().find(|(chance, _)| {
            let is_hit = lot < *chance;
            lot -= chance.max(0.0);
            is_hit
        })?;
        Some(make(rng, is_send))
    }

    /// Whether a message that is accepted now is reported before its send is answered.
    pub(crate) fn is_early(&mut self) -> bool {
        strikes(&mut self.rng, self.faults.early_webhooks)
    }

    /// When a webhook is posted that comes to be now.
    pub(super) fn turn(&mut self) -> Turn {
        let (faults, rng) = (&self.faults, &mut self.webhooks);
        if strikes(rng, faults.late_webhooks) {
            Turn::Late(LATEST.mul_f64(rng.f64()))
        } else if strikes(rng, faults.reordered_webhooks) {
            Turn::Early(rng.u32(..))
        } else {
            Turn::Own
        }
    }

    /// When a webhook is posted once more that was taken now, if it is.
    pub(crate) fn once_more(&mut self) -> Option<Turn> {
        strikes(&mut self.webhooks, self.faults.duplicate_webhooks).then(|| self.turn())
    }
}

/// Draws one lot, unless nothing can be hit.
fn strikes(rng: &mut fastrand::Rng, chance: f64) -> bool {
    chance > 0.0 && rng.f64() < chance
}

impl Mishap {
    fn after(answer: Spoilt) -> Self {
        Self { is_carried_out: true, answer }
    }
}

fn pick<T: Copy + Default>(rng: &mut fastrand::Rng, among: &[T]) -> T {
    among.get(rng.usize(..among.len())).copied().unwrap_or_default()
}
