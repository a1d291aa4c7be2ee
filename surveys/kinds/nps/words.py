"""The usual wording of the recommendation question."""

TEXTS = {
    "en": "How likely are you to recommend us to a friend or colleague?",
    "de": "Wie wahrscheinlich ist es, dass Sie uns Freunden oder Kollegen weiterempfehlen?",
    "fr": "Quelle est la probabilité que vous nous recommandiez à un proche ou à un collègue ?",
    "es": "¿Qué probabilidad hay de que nos recomiende a un amigo o a un colega?",
    "it": "Quanto è probabile che Lei ci consigli a un amico o a un collega?",
    "nl": "Hoe waarschijnlijk is het dat u ons aanbeveelt bij een vriend of collega?",
    "pl": "Jak prawdopodobne jest, że poleci nas Pan/Pani znajomym lub współpracownikom?",
    "pt": "Qual é a probabilidade de nos recomendar a um amigo ou colega?",
    "tr": "Bizi bir arkadaşınıza veya iş arkadaşınıza tavsiye etme olasılığınız nedir?",
    "ar": "ما مدى احتمال أن توصي بنا صديقًا أو زميلًا؟",
}

LABELS = {
    0: {
        "en": "Not at all likely",
        "de": "Gar nicht wahrscheinlich",
        "fr": "Pas du tout probable",
        "es": "Nada probable",
        "it": "Per niente probabile",
        "nl": "Helemaal niet waarschijnlijk",
        "pl": "Zupełnie nieprawdopodobne",
        "pt": "Nada provável",
        "tr": "Hiç olası değil",
        "ar": "غير محتمل على الإطلاق",
    },
    10: {
        "en": "Extremely likely",
        "de": "Äußerst wahrscheinlich",
        "fr": "Extrêmement probable",
        "es": "Extremadamente probable",
        "it": "Estremamente probabile",
        "nl": "Uiterst waarschijnlijk",
        "pl": "Niezwykle prawdopodobne",
        "pt": "Extremamente provável",
        "tr": "Son derece olası",
        "ar": "محتمل للغاية",
    },
}
