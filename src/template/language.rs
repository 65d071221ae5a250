//! The languages of templates.

use crate::open::open_enum;

open_enum! {
    /// A language that templates may be in, by the code that Meta lists; any other code is kept as it is.
    ///
    /// ```
    /// use whatsapp_business::template::{Category, Definition, Language};
    /// let definition = Definition::new("greeting", Language::PortugueseBrazil, Category::Utility).body("Olá.");
    /// assert_eq!(definition.language(), "pt_BR");
    /// ```
    pub enum Language {
        /// Afrikaans.
        Afrikaans = "af",
        /// Albanian.
        Albanian = "sq",
        /// Arabic.
        Arabic = "ar",
        /// Arabic of Egypt.
        ArabicEgypt = "ar_EG",
        /// Arabic of the United Arab Emirates.
        ArabicEmirates = "ar_AE",
        /// Arabic of Lebanon.
        ArabicLebanon = "ar_LB",
        /// Arabic of Morocco.
        ArabicMorocco = "ar_MA",
        /// Arabic of Qatar.
        ArabicQatar = "ar_QA",
        /// Arabic of Saudi Arabia.
        ArabicSaudiArabia = "ar_SA",
        /// Azerbaijani.
        Azerbaijani = "az",
        /// Bengali.
        Bengali = "bn",
        /// Bulgarian.
        Bulgarian = "bg",
        /// Catalan.
        Catalan = "ca",
        /// Chinese of China.
        ChineseChina = "zh_CN",
        /// Chinese of Hong Kong.
        ChineseHongKong = "zh_HK",
        /// Chinese of Taiwan.
        ChineseTaiwan = "zh_TW",
        /// Croatian.
        Croatian = "hr",
        /// Czech.
        Czech = "cs",
        /// Danish.
        Danish = "da",
        /// Dutch.
        Dutch = "nl",
        /// English.
        English = "en",
        /// English of Great Britain.
        EnglishBritain = "en_GB",
        /// English of the United States.
        EnglishUnitedStates = "en_US",
        /// English of Australia.
        EnglishAustralia = "en_AU",
        /// English of Canada.
        EnglishCanada = "en_CA",
        /// English of India.
        EnglishIndia = "en_IN",
        /// Estonian.
        Estonian = "et",
        /// Filipino.
        Filipino = "fil",
        /// Finnish.
        Finnish = "fi",
        /// French.
        French = "fr",
        /// French of Canada.
        FrenchCanada = "fr_CA",
        /// French of Belgium.
        FrenchBelgium = "fr_BE",
        /// Georgian.
        Georgian = "ka",
        /// German.
        German = "de",
        /// Greek.
        Greek = "el",
        /// Gujarati.
        Gujarati = "gu",
        /// Hausa.
        Hausa = "ha",
        /// Hebrew.
        Hebrew = "he",
        /// Hindi.
        Hindi = "hi",
        /// Hungarian.
        Hungarian = "hu",
        /// Indonesian.
        Indonesian = "id",
        /// Irish.
        Irish = "ga",
        /// Italian.
        Italian = "it",
        /// Japanese.
        Japanese = "ja",
        /// Kannada.
        Kannada = "kn",
        /// Kazakh.
        Kazakh = "kk",
        /// Kinyarwanda.
        Kinyarwanda = "rw_RW",
        /// Korean.
        Korean = "ko",
        /// Kyrgyz.
        Kyrgyz = "ky_KG",
        /// Lao.
        Lao = "lo",
        /// Latvian.
        Latvian = "lv",
        /// Lithuanian.
        Lithuanian = "lt",
        /// Macedonian.
        Macedonian = "mk",
        /// Malay.
        Malay = "ms",
        /// Malayalam.
        Malayalam = "ml",
        /// Marathi.
        Marathi = "mr",
        /// Norwegian.
        Norwegian = "nb",
        /// Persian.
        Persian = "fa",
        /// Polish.
        Polish = "pl",
        /// Portuguese of Brazil.
        PortugueseBrazil = "pt_BR",
        /// Portuguese of Portugal.
        PortuguesePortugal = "pt_PT",
        /// Punjabi.
        Punjabi = "pa",
        /// Romanian.
        Romanian = "ro",
        /// Russian.
        Russian = "ru",
        /// Serbian.
        Serbian = "sr",
        /// Slovak.
        Slovak = "sk",
        /// Slovenian.
        Slovenian = "sl",
        /// Spanish.
        Spanish = "es",
        /// Spanish of Argentina.
        SpanishArgentina = "es_AR",
        /// Spanish of Spain.
        SpanishSpain = "es_ES",
        /// Spanish of Mexico.
        SpanishMexico = "es_MX",
        /// Spanish of Chile.
        SpanishChile = "es_CL",
        /// Spanish of Colombia.
        SpanishColombia = "es_CO",
        /// Spanish of Peru.
        SpanishPeru = "es_PE",
        /// Spanish of Venezuela.
        SpanishVenezuela = "es_VE",
        /// Swahili.
        Swahili = "sw",
        /// Swedish.
        Swedish = "sv",
        /// Tamil.
        Tamil = "ta",
        /// Telugu.
        Telugu = "te",
        /// Thai.
        Thai = "th",
        /// Turkish.
        Turkish = "tr",
        /// Ukrainian.
        Ukrainian = "uk",
        /// Urdu.
        Urdu = "ur",
        /// Uzbek.
        Uzbek = "uz",
        /// Vietnamese.
        Vietnamese = "vi",
        /// Zulu.
        Zulu = "zu",
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.as_str().to_owned()
    }
}
