//! The audit trail, to read and to hand out.

use crate::{
    desk::Tenant,
    error::{Error, ErrorKind, Result},
    store::{AuditEntry, Page, PageRequest, TenantStoreExt},
};

/// How many entries are read at once.
const PAGE: usize = 100;

impl Tenant {
    /// What happened, and who did it.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn audit(&self, page: PageRequest) -> Result<Page<AuditEntry>> {
        Ok(self.store.audit(page).await?)
    }

    /// The whole audit trail, oldest first, as JSON lines.
    ///
    /// ```
    /// # use whatsapp_business::desk::Tenant;
    /// # async fn export(acme: &Tenant) -> whatsapp_business::Result<()> {
    /// let mut export = acme.export_audit();
    /// while let Some(lines) = export.next().await? {
    ///     print!("{lines}");
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn export_audit(&self) -> AuditExport {
        AuditExport { tenant: self.clone(), request: Some(PageRequest::oldest(PAGE)) }
    }
}

/// The audit trail as JSON lines; made by [`Tenant::export_audit`].
#[derive(Debug)]
pub struct AuditExport {
    tenant: Tenant,
    /// Nothing after the last page.
    request: Option<PageRequest>,
}

impl AuditExport {
    /// The next entries, at most a hundred, one a line; `None` after the last.
    ///
    /// # Errors
    /// [`ErrorKind::Store`]. The same entries can be asked for again then.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let Some(request) = self.request.clone() else { return Ok(None) };
        let page = self.tenant.audit(request.clone()).await?;
        let mut lines = String::new();
        for entry in &page.items {
            let line = serde_json::to_string(entry).map_err(|error| {
                Error::with_source(ErrorKind::Decode("an entry cannot be written".to_owned()), error)
            })?;
            lines.push_str(&line);
            lines.push('\n');
        }
        self.request = page.next.map(|next| request.after(next));
        Ok((!lines.is_empty()).then_some(lines))
    }
}
