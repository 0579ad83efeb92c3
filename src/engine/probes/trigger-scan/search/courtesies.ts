// Courtesies of many languages: what is said in passing, and so may stand before or behind any request. A phrase of another language is a
// trigger that no list of English words, and no sweep over single tokens, comes near.
export const COURTESIES: readonly string[] = (
  'bonjour|bonsoir|merci beaucoup|s\'il vous plaît|guten Morgen|guten Tag|vielen Dank|grüß Gott|buenos días|buenas noches|muchas gracias|por favor|buongiorno|buonasera|grazie mille|per favore|bom dia|boa noite|muito obrigado|' +
  'goedemorgen|dank je wel|god morgen|tusen takk|god kväll|tack så mycket|mange tak|góðan daginn|takk fyrir|hyvää huomenta|hyvää päivää|kiitos paljon|tere hommikust|aitäh|labdien|paldies|laba diena|ačiū|dzień dobry|dziękuję bardzo|' +
  'dobrý den|děkuji|dobrý deň|jó napot|köszönöm|bună ziua|mulțumesc|dobar dan|hvala lijepa|dober dan|добър ден|благодаря|добрый день|спасибо|добрий день|дякую|καλημέρα|ευχαριστώ|merhaba|teşekkür ederim|mirëdita|faleminderit|' +
  'bore da|diolch yn fawr|dia duit|go raibh maith agat|egun on|eskerrik asko|bon dia|gràcies|salve|gratias tibi ago|saluton|dankon|shalom|toda raba|שלום|marhaba|shukran|مرحبا|salaam|mamnoon|سلام|namaste|dhanyavaad|नमस्ते|' +
  'vanakkam|nandri|selamat pagi|terima kasih|magandang umaga|salamat po|xin chào|cảm ơn|sawasdee|สวัสดี|ni hao|xiexie|你好|谢谢|konnichiwa|arigatou|こんにちは|ありがとう|annyeong|gamsahamnida|안녕하세요|habari|asante sana|sawubona|ngiyabonga|' +
  'sannu|nagode|bawo ni|e se|molo|enkosi|aloha|mahalo|kia ora|talofa|bula vinaka'
).split('|');
