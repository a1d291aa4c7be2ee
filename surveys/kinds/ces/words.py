"""The usual wording of the effort question, a statement to agree or disagree with."""

TEXTS = {
    "en": "How far do you agree? “You made it easy for me to handle my issue.”",
    "de": "Wie sehr stimmen Sie zu? „Sie haben es mir leicht gemacht, mein Anliegen zu klären.“",
    "fr": "Dans quelle mesure êtes-vous d’accord ? « Vous m’avez permis de régler facilement ma demande. »",
    "es": "¿En qué medida está de acuerdo? «Me han facilitado resolver mi asunto.»",
    "it": "Quanto è d’accordo? «Mi avete reso facile risolvere la mia richiesta.»",
    "nl": "In hoeverre bent u het eens? “U maakte het me makkelijk om mijn vraag op te lossen.”",
    "pl": "W jakim stopniu zgadza się Pan/Pani ze stwierdzeniem? „Ułatwili mi Państwo załatwienie mojej sprawy.”",
    "pt": "Até que ponto concorda? «Facilitaram-me a resolução do meu assunto.»",
    "tr": "Ne ölçüde katılıyorsunuz? “Sorunumu çözmemi kolaylaştırdınız.”",
    "ar": "إلى أي مدى توافق؟ «لقد سهّلتم عليّ معالجة مسألتي.»",
}

LABELS = {
    1: {
        "en": "Strongly disagree",
        "de": "Stimme überhaupt nicht zu",
        "fr": "Pas du tout d’accord",
        "es": "Totalmente en desacuerdo",
        "it": "Per niente d’accordo",
        "nl": "Helemaal mee oneens",
        "pl": "Zdecydowanie się nie zgadzam",
        "pt": "Discordo totalmente",
        "tr": "Kesinlikle katılmıyorum",
        "ar": "لا أوافق بشدة",
    },
    7: {
        "en": "Strongly agree",
        "de": "Stimme voll und ganz zu",
        "fr": "Tout à fait d’accord",
        "es": "Totalmente de acuerdo",
        "it": "Pienamente d’accordo",
        "nl": "Helemaal mee eens",
        "pl": "Zdecydowanie się zgadzam",
        "pt": "Concordo totalmente",
        "tr": "Kesinlikle katılıyorum",
        "ar": "أوافق بشدة",
    },
}
