"""The usual wording of the open question after a score."""

TEXTS = {
    "en": "What is the main reason for your answer?",
    "de": "Was ist der wichtigste Grund für Ihre Antwort?",
    "fr": "Quelle est la raison principale de votre réponse ?",
    "es": "¿Cuál es el motivo principal de su respuesta?",
    "it": "Qual è il motivo principale della Sua risposta?",
    "nl": "Wat is de belangrijkste reden voor uw antwoord?",
    "pl": "Jaki jest główny powód Pana/Pani odpowiedzi?",
    "pt": "Qual é o principal motivo da sua resposta?",
    "tr": "Cevabınızın başlıca nedeni nedir?",
    "ar": "ما السبب الرئيسي لإجابتك؟",
}
