"""The words by which people find a group: topics, formats, access facts."""

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Topic(StrEnum):
    """What a group is about."""

    ADDICTION = "addiction"
    ANXIETY = "anxiety"
    BEREAVEMENT = "bereavement"
    CANCER = "cancer"
    CARERS = "carers"
    CHRONIC_ILLNESS = "chronic-illness"
    DEPRESSION = "depression"
    DISABILITY = "disability"
    DIVORCE = "separation"
    LGBTQ = "lgbtq"
    LONELINESS = "loneliness"
    MENS_HEALTH = "mens-wellbeing"
    MENTAL_HEALTH = "mental-health"
    MIGRATION = "new-country"
    NEURODIVERSITY = "neurodiversity"
    PARENTS = "parents"
    STRESS = "stress"
    SUICIDE_LOSS = "suicide-loss"
    TRAUMA = "trauma"
    WOMENS_HEALTH = "womens-wellbeing"
    WORK = "work"
    YOUNG_PEOPLE = "young-people"


TOPIC_WORDS: dict[Topic, LazyString] = {
    Topic.ADDICTION: _l("Addiction and recovery"),
    Topic.ANXIETY: _l("Anxiety"),
    Topic.BEREAVEMENT: _l("Bereavement"),
    Topic.CANCER: _l("Cancer"),
    Topic.CARERS: _l("Carers and families"),
    Topic.CHRONIC_ILLNESS: _l("Long-term illness and pain"),
    Topic.DEPRESSION: _l("Depression and low mood"),
    Topic.DISABILITY: _l("Disability"),
    Topic.DIVORCE: _l("Separation and divorce"),
    Topic.LGBTQ: _l("LGBTQ+"),
    Topic.LONELINESS: _l("Loneliness and connection"),
    Topic.MENS_HEALTH: _l("Men’s wellbeing"),
    Topic.MENTAL_HEALTH: _l("Mental health"),
    Topic.MIGRATION: _l("New in a country"),
    Topic.NEURODIVERSITY: _l("Autism and ADHD"),
    Topic.PARENTS: _l("Parents"),
    Topic.STRESS: _l("Stress and burnout"),
    Topic.SUICIDE_LOSS: _l("Loss by suicide"),
    Topic.TRAUMA: _l("Trauma and abuse"),
    Topic.WOMENS_HEALTH: _l("Women’s wellbeing"),
    Topic.WORK: _l("Work and unemployment"),
    Topic.YOUNG_PEOPLE: _l("Young people"),
}


class Format(StrEnum):
    """How people meet."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    PHONE = "phone"
    HYBRID = "hybrid"


FORMAT_WORDS: dict[Format, LazyString] = {
    Format.IN_PERSON: _l("In person"),
    Format.ONLINE: _l("Online"),
    Format.PHONE: _l("By phone"),
    Format.HYBRID: _l("In person and online"),
}


class AccessFeature(StrEnum):
    """A fact that decides whether somebody can take part."""

    STEP_FREE = "step-free"
    ACCESSIBLE_TOILET = "accessible-toilet"
    HEARING_LOOP = "hearing-loop"
    CAPTIONS = "captions"
    SIGN_LANGUAGE = "sign-language"
    QUIET_SPACE = "quiet-space"
    PUBLIC_TRANSPORT = "public-transport"
    CHILDREN_WELCOME = "children-welcome"


ACCESS_WORDS: dict[AccessFeature, LazyString] = {
    AccessFeature.STEP_FREE: _l("Step-free way in"),
    AccessFeature.ACCESSIBLE_TOILET: _l("Accessible toilet"),
    AccessFeature.HEARING_LOOP: _l("Hearing loop"),
    AccessFeature.CAPTIONS: _l("Captions"),
    AccessFeature.SIGN_LANGUAGE: _l("Sign language"),
    AccessFeature.QUIET_SPACE: _l("A quiet space to step out to"),
    AccessFeature.PUBLIC_TRANSPORT: _l("Close to public transport"),
    AccessFeature.CHILDREN_WELCOME: _l("Children may come along"),
}


class AccessAnswer(StrEnum):
    """What the organizers say about an access fact; no row means that nobody knows."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


#: What a group speaks, in that language's own words.
LANGUAGE_NAMES: dict[str, str] = {
    "ar": "العربية",
    "bn": "বাংলা",
    "cy": "Cymraeg",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pa": "ਪੰਜਾਬੀ",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "so": "Soomaali",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
