//! The templates of an account.

mod answers;
mod create;
mod library;
mod list;
mod preview;

pub use answers::{Archived, Comparison, Created, FailedTemplate, Metric, Migrated, Unpaused, Upserted};
pub use create::CreateTemplate;
pub use library::{LibraryTemplate, ListLibrary};
pub use list::ListTemplates;
pub use preview::{CodePreview, CodePreviewButton, PreviewCodes};

use crate::{
    client::{
        Account,
        call::{Call, Plan, json, nothing},
    },
    error::{Error, Path, Violation},
    id::{AccountId, TemplateId},
    template::{Category, Definition, Template},
    time::Timestamp,
};
use http::Method;
use serde::Serialize;
use std::fmt::Display;

/// The templates of an account.
///
/// ```no_run
/// # async fn f(client: whatsapp_business::Client) -> whatsapp_business::Result<()> {
/// use whatsapp_business::template::{Category, Definition, TemplateStatus};
/// let templates = client.account("102290129340398").templates();
/// let definition = Definition::new("order_update", "en_US", Category::Utility)
///     .body("Hello {{name}}, your order is on its way.")
///     .example("name", "Ana");
/// let created = templates.create(definition).await?;
///
/// let mut approved = templates.list().status(TemplateStatus::Approved).stream();
/// while let Some(template) = approved.next().await {
///     println!("{}", template?.definition.name());
/// }
/// # Ok(()) }
/// ```
///
/// # What is tried again
///
/// Whatever reads or deletes is, as are [`unpause`](Self::unpause), [`archive`](Self::archive) and
/// [`unarchive`](Self::unarchive), which do no more when they are done twice. What creates or edits is tried again only when
/// Meta surely did not take it: an edit counts against the one that an approved template may have in a day, and a second
/// creation is refused because the name is taken.
#[derive(Clone, Debug)]
pub struct Templates {
    account: Account,
}

/// Limits from Meta: [template management](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management).
impl Templates {
    /// Most ids in one request.
    pub const MAX_IDS: usize = 100;

    pub(super) fn new(account: Account) -> Self {
        Self { account }
    }

    /// Creates a template, which Meta then reviews.
    ///
    /// Should the answer be lost ([`Error::outcome_unknown`]), look with [`list`](Self::list) by name and language whether the
    /// template is there before creating it again; Meta refuses a second one.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with every broken limit, before anything is sent;
    /// [`ErrorKind::Api`](crate::ErrorKind::Api) when Meta refuses, such as code 100 with subcode 2388024 where name and
    /// language are taken.
    pub fn create(&self, definition: Definition) -> CreateTemplate {
        CreateTemplate::new(self.clone(), definition)
    }

    /// Creates an authentication template in many languages at once, or changes those that are there
    /// (`upsert_message_templates` on the wire). The language of `definition` is not used.
    pub fn upsert<L: Into<String>>(
        &self,
        definition: Definition,
        languages: impl IntoIterator<Item = L>,
    ) -> Call<Vec<Upserted>> {
        #[derive(serde::Deserialize)]
        struct Answer {
            data: Vec<Upserted>,
        }
        let definition = definition.in_languages(languages.into_iter().map(Into::into).collect());
        let plan = valid(&definition).and_then(|()| {
            self.plan(Method::POST, "upsert_message_templates", "templates.upsert")?.json(&definition)
        });
        self.call(plan, |answer| json::<Answer>(answer).map(|answer| answer.data))
    }

    /// One template.
    pub fn get(&self, id: impl Into<TemplateId>) -> Call<Template> {
        let plan = self.of(Method::GET, &id.into(), None, "templates.get");
        self.call(plan.map(|plan| plan.query("fields", FIELDS)), json)
    }

    /// The templates, to be narrowed down by the methods of what this gives.
    pub fn list(&self) -> ListTemplates {
        ListTemplates::new(self.account.client.clone(), self.plan(Method::GET, EDGE, "templates.list"))
    }

    /// Gives a template the components and options of `definition`, which replace all that there are; name, language and
    /// category stay. What was approved is reviewed again.
    ///
    /// Meta takes it for approved, rejected and paused templates: of an approved one ten times in 30 days and once in a day.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn edit(&self, id: impl Into<TemplateId>, definition: &Definition) -> Call<()> {
        let plan = valid(definition).and_then(|()| {
            let edited = definition.clone().for_edit();
            self.of(Method::POST, &id.into(), None, "templates.edit")?.json(&edited)
        });
        self.call(plan, nothing)
    }

    /// Like [`edit`](Self::edit) with the category of `definition`, which only a rejected or paused template may change.
    #[cfg(feature = "desk")]
    pub(crate) fn edit_whole(&self, id: &TemplateId, definition: &Definition) -> Call<()> {
        let category = definition.category().cloned();
        let plan = valid(definition).and_then(|()| {
            let edited = Edited { category, definition: definition.clone().for_edit() };
            self.of(Method::POST, id, None, "templates.edit")?.json(&edited)
        });
        self.call(plan, nothing)
    }

    /// Changes the category of a template, which must be rejected or paused.
    pub fn edit_category(&self, id: impl Into<TemplateId>, category: Category) -> Call<()> {
        #[derive(Serialize)]
        struct Body {
            category: Category,
        }
        let plan = self.of(Method::POST, &id.into(), None, "templates.edit");
        self.call(plan.and_then(|plan| plan.json(&Body { category })), nothing)
    }

    /// Deletes the template of this name, in **all** languages.
    ///
    /// The name of an approved template cannot be used again for 30 days. Deleting is tried again when no answer comes; an
    /// error that says there is no such template may then mean that the first attempt did it.
    pub fn delete(&self, name: impl AsRef<str>) -> Call<()> {
        let plan = self.plan(Method::DELETE, EDGE, "templates.delete");
        let plan = plan.and_then(|plan| Ok(plan.query("name", filled("name", name.as_ref())?)));
        self.call(plan, nothing)
    }

    /// Deletes one template, in its one language, by its id and its name: Meta wants both.
    pub fn delete_one(&self, id: impl Into<TemplateId>, name: impl AsRef<str>) -> Call<()> {
        let (id, plan) = (id.into(), self.plan(Method::DELETE, EDGE, "templates.delete_one"));
        let plan = plan.and_then(|plan| {
            let name = filled("name", name.as_ref())?;
            Ok(plan.query("hsm_id", filled("hsm_id", id.as_str())?).query("name", name))
        });
        self.call(plan, nothing)
    }

    /// Deletes these templates, all or none; at most [`Self::MAX_IDS`].
    pub fn delete_many<I: Into<TemplateId>>(&self, ids: impl IntoIterator<Item = I>) -> Call<()> {
        let plan = self.plan(Method::DELETE, EDGE, "templates.delete_many");
        let plan = plan.and_then(|plan| Ok(plan.query("hsm_ids", &format!("[{}]", listed(ids)?))));
        self.call(plan, nothing)
    }

    /// Lets a template be sent again that was paused because its first messages were disliked.
    pub fn unpause(&self, id: impl Into<TemplateId>) -> Call<Unpaused> {
        let plan = self.of(Method::POST, &id.into(), Some("unpause"), "templates.unpause");
        self.call(plan.map(Plan::repeatable), json)
    }

    /// Puts templates away; at most [`Self::MAX_IDS`]. It goes to another host of Meta's, `api.facebook.com`, unless the
    /// client has a Graph address of its own.
    pub fn archive<I: Into<TemplateId>>(&self, ids: impl IntoIterator<Item = I>) -> Call<Archived> {
        self.shelve("archive", "templates.archive", ids)
    }

    /// Takes templates out of the archive; see [`archive`](Self::archive).
    pub fn unarchive<I: Into<TemplateId>>(&self, ids: impl IntoIterator<Item = I>) -> Call<Archived> {
        self.shelve("unarchive", "templates.unarchive", ids)
    }

    /// How a template did beside `others`, from `start` to `end`, which Meta takes as 7, 30, 60 or 90 days.
    pub fn compare<I: Into<TemplateId>>(
        &self,
        id: impl Into<TemplateId>,
        others: impl IntoIterator<Item = I>,
        start: Timestamp,
        end: Timestamp,
    ) -> Call<Vec<Comparison>> {
        #[derive(serde::Deserialize)]
        struct Answer {
            data: Vec<Comparison>,
        }
        let plan = self.of(Method::GET, &id.into(), Some("compare"), "templates.compare").and_then(|plan| {
            let plan = plan.query("template_ids", &format!("[{}]", listed(others)?));
            Ok(plan
                .query("start", &start.as_seconds().to_string())
                .query("end", &end.as_seconds().to_string()))
        });
        self.call(plan, |answer| json::<Answer>(answer).map(|answer| answer.data))
    }

    /// Copies the templates of another account into this one, a page of them: `page` counts from 0.
    pub fn migrate(&self, from: impl Into<AccountId>, page: u32, count: u32) -> Call<Migrated> {
        let from = from.into();
        let plan = self.plan(Method::POST, "migrate_message_templates", "templates.migrate");
        let plan = plan.and_then(|plan| {
            let plan = plan.query("source_waba_id", filled("source_waba_id", from.as_str())?);
            Ok(plan.query("page_number", &page.to_string()).query("count", &count.to_string()))
        });
        self.call(plan, json)
    }

    /// Copies these templates of another account into this one; at most [`Self::MAX_IDS`].
    pub fn migrate_these<I: Into<TemplateId>>(
        &self,
        from: impl Into<AccountId>,
        ids: impl IntoIterator<Item = I>,
    ) -> Call<Migrated> {
        let from = from.into();
        let plan = self.plan(Method::POST, "migrate_message_templates", "templates.migrate");
        let plan = plan.and_then(|plan| {
            let plan = plan.query("source_waba_id", filled("source_waba_id", from.as_str())?);
            Ok(plan.query("template_ids", &format!("[{}]", listed(ids)?)))
        });
        self.call(plan, json)
    }

    /// What Meta writes around one-time codes, in the languages asked for.
    pub fn preview_codes(&self) -> PreviewCodes {
        PreviewCodes::new(
            self.account.client.clone(),
            self.plan(Method::GET, "message_template_previews", "templates.preview"),
        )
    }

    /// Meta's library of templates, which [`Definition::from_library`] makes into one's own.
    pub fn library(&self) -> ListLibrary {
        ListLibrary::new(self.account.client.clone())
    }

    fn shelve<I: Into<TemplateId>>(
        &self,
        what: &'static str,
        name: &'static str,
        ids: impl IntoIterator<Item = I>,
    ) -> Call<Archived> {
        #[derive(Serialize)]
        struct Body {
            hsm_ids: String,
        }
        let (client, account) = (&self.account.client, self.account.id.as_str());
        let plan = listed(ids).and_then(|hsm_ids| {
            filled("account_id", account)?;
            Plan::unversioned(client, Method::POST, [account, EDGE, what], name).json(&Body { hsm_ids })
        });
        self.call(plan.map(Plan::repeatable), json)
    }

    fn call<T>(&self, plan: Planned, read: fn(&[u8]) -> crate::Result<T>) -> Call<T> {
        Call::new(&self.account.client, plan, read)
    }

    /// A request about something of the account.
    fn plan(&self, method: Method, edge: &'static str, name: &'static str) -> Planned {
        Plan::graph(&self.account.client, method, ("account_id", self.account.id.as_str()), Some(edge), name)
    }

    /// A request about one template.
    fn of(&self, method: Method, id: &TemplateId, edge: Option<&'static str>, name: &'static str) -> Planned {
        Plan::graph(&self.account.client, method, ("template_id", id.as_str()), edge, name)
    }
}

type Planned = Result<Plan, Vec<Violation>>;

/// A whole edit.
#[cfg(feature = "desk")]
#[derive(Serialize)]
struct Edited {
    category: Option<Category>,
    #[serde(flatten)]
    definition: Definition,
}

const EDGE: &str = "message_templates";

/// What is asked for of a template: without it Meta leaves most out.
const FIELDS: &str = "id,name,language,status,category,sub_category,components,parameter_format,\
    message_send_ttl_seconds,correct_category,previous_category,rejected_reason,quality_score,library_template_name,\
    cta_url_link_tracking_opted_out,degrees_of_freedom_spec";

fn valid(definition: &Definition) -> Result<(), Vec<Violation>> {
    definition.validate().map_err(|error: Error| error.violations().to_vec())
}

/// A text that must be there: without it Meta would take the request for another.
fn filled<'a>(name: &str, text: &'a str) -> Result<&'a str, Vec<Violation>> {
    let mut out = Vec::new();
    crate::check::id(Path::ROOT.field(name), text, &mut out);
    if out.is_empty() { Ok(text) } else { Err(out) }
}

/// Ids as Meta lists them.
fn listed<I: Into<TemplateId>>(ids: impl IntoIterator<Item = I>) -> Result<String, Vec<Violation>> {
    let ids: Vec<TemplateId> = ids.into_iter().map(Into::into).collect();
    let mut out = Vec::new();
    crate::check::count(Path::ROOT.field("ids"), ids.len(), &(1..=Templates::MAX_IDS), "ids", &mut out);
    let list = Path::ROOT.field("ids");
    for (index, id) in ids.iter().enumerate() {
        if id.as_str().is_empty() || !id.as_str().bytes().all(|b| b.is_ascii_digit()) {
            out.push(Violation::new(list.index(index), "is no id of a template", "digits"));
        }
    }
    if out.is_empty() { Ok(join(&ids)) } else { Err(out) }
}

fn join(items: &[impl Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
