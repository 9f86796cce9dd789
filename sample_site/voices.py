"""What the readers of The Tidewell Lantern write below the line, and the pictures they sent."""

from sample_site.stories import blocks

READERS = (
    "Bernadette K.", "old_salt_57", "Tom Ferreira", "Nia", "Mr P. Lockwood", "Hélène Marchand",
    "Kasia W.", "Aunty Jo", "R. Subramaniam", "the_real_derek", "Lucía", "Friedrich (Kirchweiler)",
    "Grace O.", "Bob (not that Bob)", "小林", "Marta Oyelaran", "J.", "Anneke de Wit", "Sami",
    "Layla 🌿", "Councillor Finch", "Iolo", "Paola B.", "A concerned resident", "Dr Pascoe (ret.)",
    "Светлана", "Hugh & Pat", "millielane", "Eun-ji", "Ferry Fan",
)  # fmt: skip

OPENINGS = blocks(
    """
Lovely piece, thank you.

I was there on the night, and this is exactly how it was.

With respect, this isn't quite right.

My mum read this out to us over breakfast 😂

At last somebody says it!

I have lived on Mill Lane for forty years & never knew this.

Could you add a map next time?

Hmm.

We drove over from Long Hill specially.

The photograph is wonderful - who took it?

Second time I've read this and I still laughed.

Not convinced.

Thank you, Lantern, for keeping an eye on this.
"""
)

REMARKS = blocks(
    """
The ferry in the background is the <em>Mary Arle</em>, isn't it? My grandfather painted her twice.

If the council spent half as much time on the potholes, we would all be smoother people.

You forgot to mention the cake, which was the best thing about the whole afternoon.

Does anyone know whether the path by the brickworks is open again? We had to turn back on Sunday.

It was 1912, not 1911. I have the newspaper in a drawer.

The 42 was on time that day. I want that on the record.

Please could whoever found a small red glove hand it in at the library.

My class did a project about this & we would love to come and show you!

There were at least fifteen curlews this morning, so somebody is doing something right.

Bring it back, I say. And bring back the Tuesday market while you are at it.

I'd pay £5 a month for the bus and I don't even take the bus.

That bell has been four minutes late since my wedding, and so was I.
"""
)

CLOSINGS = (
    "", "", "Keep it up!", "See you at the regatta.", "Best wishes from all at number 9.", "👏👏",
    "More like this, please.", "Off to put the kettle on.", "Yours, wet but cheerful.", "❤️",
)  # fmt: skip

# Twin towns, exchange students, and people who moved away and still read every line.
FROM_AFAR = blocks(
    """
Schöne Grüße aus Kirchweiler! Bei uns springt der Bürgermeister übrigens wirklich zuerst. 🏊

Quel bonheur de revoir le vieux bac ! Nous viendrons de Saint-Aubry au printemps, c'est promis.

¡Qué recuerdos! Pasé un año en el instituto de Tidewell y todavía sueño con la tarta de ciruelas.

Piękne zdjęcia. Tata pracował w powroźni i zawsze opowiadał o tym wielkim piecu.

素敵な町ですね。いつか灯籠の夜を見に行きたいです。🏮

Diolch yn fawr, Nia! Mae'r cawl yn union fel un Mam-gu.

Che meraviglia. Si può ancora arrivare in treno fino al binario uno?

Очень тёплая статья, спасибо. Передайте привет женщине, которая заводит часы!

مقال جميل جدا. خبز سامي بالهيل هو الأفضل على الساحل كله.

Wat een mooi verhaal over Pieter. Groeten uit Enkhuizen, hij moet nodig eens bellen.

마을 축제 사진이 정말 예뻐요. 내년에는 꼭 갈게요!

Saudades da maré baixa e do sino atrasado. Um abraço de Aveiro.
"""
)

# A title, a caption, and the kind of file.
MEDIA = (
    ("Harbour wall at dawn", "The wall an hour before high water.", "jpg"),
    ("The Mary Arle on blocks", "", "jpg"),
    ("Butter Street cobbles", "Forty metres, four opinions.", "jpg"),
    ("Weather balloon over St Bride's", "Launched at 10.04, found at 15.40.", "jpg"),
    ("Tide tables 2026", "", "pdf"),
    ("Curlew on the saltings", "Photograph: Oluwaseun Adeyemi", "jpg"),
    ("Hedgehog hole, with sign", "", "png"),
    ("Noon bell, four minutes late", "Recorded from the library steps.", "mp3"),
    ("Town hall clock", "Eighty-eight steps up.", "jpg"),
    ("Lantern night procession", "", "mp4"),
    ("Cardamom buns", "Gone by nine.", "jpg"),
    ("Gasworks mural, winning design", "", "png"),
    ("January swimmers", "They sang on the way in.", "jpg"),
    ("Map of the parish footpaths", "", "pdf"),
    ("Flood marks at the Anchor", "The highest is not the oldest.", "jpg"),
    ("Ferry leaving the slipway", "", "mp4"),
    ("The Regal's foyer", "", "jpg"),
    ("Windfalls at the gate", "Orchard Rise in October.", "jpg"),
    ("Number 42 at the terminus", "", "jpg"),
    ("Café at the end of the pier", "Nine seats, one window.", "jpg"),
)

MIME_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
