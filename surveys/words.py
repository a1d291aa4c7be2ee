"""The usual thanks after the last question."""

THANKS = {
    "en": "Thank you for your answers!",
    "de": "Vielen Dank für Ihre Antworten!",
    "fr": "Merci pour vos réponses !",
    "es": "¡Gracias por sus respuestas!",
    "it": "Grazie per le Sue risposte!",
    "nl": "Bedankt voor uw antwoorden!",
    "pl": "Dziękujemy za odpowiedzi!",
    "pt": "Obrigado pelas suas respostas!",
    "tr": "Cevaplarınız için teşekkür ederiz!",
    "ar": "شكرًا لك على إجاباتك!",
}

OTHER = {
    "en": "Something else",
    "de": "Etwas anderes",
    "fr": "Autre chose",
    "es": "Otra cosa",
    "it": "Altro",
    "nl": "Iets anders",
    "pl": "Coś innego",
    "pt": "Outra coisa",
    "tr": "Başka bir şey",
    "ar": "شيء آخر",
}
