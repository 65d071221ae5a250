//! What stands above the body.

use super::{Around, At, Result, count, media, only_parameter, parameters, simple, texts};
use crate::simulator::template::TemplateHeader;

pub(super) fn check(
    component: Option<&At<'_>>,
    header: Option<&TemplateHeader>,
    around: Around<'_>,
) -> Result {
    match header {
        None => count("header", parameters(component)?.len(), 0),
        Some(TemplateHeader::Text(text)) => texts::check("header", component, text, 60),
        Some(TemplateHeader::Media(kind)) => {
            media::part(kind, &only_parameter("header", component, kind)?, around)
        }
        Some(TemplateHeader::Location) => simple::location(&only_parameter("header", component, "location")?),
        Some(TemplateHeader::Product) => {
            let product = only_parameter("header", component, "product")?;
            product.only(&["product_retailer_id", "catalog_id"])?;
            product.need("product_retailer_id")?.text()?;
            product.need("catalog_id")?.id().map(drop)
        }
        Some(TemplateHeader::Unknown) => Ok(()),
    }
}
