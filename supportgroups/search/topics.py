"""What people type when they mean one of our topics, in the languages of our guides."""

from supportgroups.groups.topics import Topic

EVERYDAY: dict[Topic, str] = {
    Topic.ADDICTION: "addiction recovery alcohol drinking drugs gambling sober adicción alcohol",
    Topic.ANXIETY: "anxiety anxious panic worry fear ansiedad pánico",
    Topic.BEREAVEMENT: "bereavement grief grieving mourning loss death widow widower duelo",
    Topic.CANCER: "cancer tumour tumor oncology cáncer",
    Topic.CARERS: "carers caring caregivers relatives family dementia cuidadores",
    Topic.CHRONIC_ILLNESS: "illness pain chronic fatigue diabetes enfermedad dolor",
    Topic.DEPRESSION: "depression depressed low mood sad bipolar depresión",
    Topic.DISABILITY: "disability disabled wheelchair discapacidad",
    Topic.DIVORCE: "separation divorce breakup separación divorcio",
    Topic.LGBTQ: "lgbtq lgbt gay lesbian bisexual trans queer",
    Topic.LONELINESS: "loneliness lonely alone isolation friends soledad",
    Topic.MENS_HEALTH: "men wellbeing hombres",
    Topic.MENTAL_HEALTH: "mental health psychosis schizophrenia salud mental",
    Topic.MIGRATION: "migration migrants refugees asylum newcomers migrantes refugiados",
    Topic.NEURODIVERSITY: "neurodiversity autism autistic adhd autismo tdah",
    Topic.PARENTS: "parents parenting mothers fathers baby padres madres",
    Topic.STRESS: "stress burnout exhaustion estrés",
    Topic.SUICIDE_LOSS: "suicide loss survivors suicidio duelo",
    Topic.TRAUMA: "trauma abuse violence ptsd survivors violencia abuso",
    Topic.WOMENS_HEALTH: "women wellbeing mujeres",
    Topic.WORK: "work unemployment job jobless trabajo desempleo",
    Topic.YOUNG_PEOPLE: "young people youth students teenagers jóvenes",
}
