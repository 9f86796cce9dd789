"""The rest of Tidewell: pages, books, columns, tags and the people who write the Lantern."""

from sample_site.stories import blocks

PAGES = (
    "About the Lantern", "Contact us", "Our history", "Advertise with us", "Write for us",
    "House rules for comments", "Privacy", "Delivery rounds", "Tide tables", "Useful numbers",
    "Parish map", "Support the Lantern",
)  # fmt: skip

BOOKS = (
    ("The Salt Ledger", "Nerys Vaughan"), ("Nine Winters on the Marsh", "Edmund Pask"),
    ("Low Water", "Aisling Doyle"), ("A Field Guide to Quiet Places", "Hanna Lindqvist"),
    ("The Lamplighter's Daughter", "Rosa Tregear"), ("Mud", "Callum Reid"),
    ("How the Arle Got Its Bend", "Priya Nandakumar"), ("Knots for Every Weather", "Joss Penrose"),
    ("The Elephant on the Bridge", "Beatrice Mwangi"), ("Ferryman", "Tomasz Zieliński"),
    ("Bread Before Light", "Sami Haddad"), ("The Museum of Lost Anchors", "Yuki Arai"),
    ("Letters from Platform Two", "Margaret Oakes"), ("An Almanac of Small Storms", "Inês Calado"),
    ("The Bell That Ran Slow", "Gareth Pugh"), ("Eelgrass", "Sorcha Ní Bhriain"),
    ("Under the Market Cross", "Leonard Swift"), ("Sea Wall", "Ottilie Brandt"),
    ("The Second Herring Glut", "Desmond Achebe-Hill"), ("Curlew Year", "Fern Aldous"),
)  # fmt: skip

BLURBS = blocks(
    """
A first novel set on an estuary that has no name on any map, and a family that keeps two sets of
accounts: one of salt, and one of grudges.

Part memoir, part tide table. The author spent a year in a hut with one window and came back with
the best description of fog that we have read.

Our reading group could not agree on the ending, and talked about little else for a fortnight.

Short chapters, good jokes and a map on the endpapers: everything that a rainy weekend asks for.

It begins slowly, like the river it describes, and then it is over the bank before you notice.
"""
)

GENRES = ("Fiction", "Non-fiction", "Crime", "Family sagas", "Nature writing", "Local history",
          "Cookery", "Poetry")  # fmt: skip

COLUMNS = ("Harbour", "Council", "Schools", "Nature", "People", "Food & drink", "Culture", "Sport",
           "Business", "History", "Getting about", "Letters")  # fmt: skip

TAGS = (
    "allotments", "archaeology", "bakery", "beach", "birds", "bridge", "brass band", "budget",
    "café", "car parks", "cider", "cycling", "dogs", "estuary", "exhibitions", "ferry", "film",
    "fishing", "floods", "footpaths", "gardens", "gulls", "harvest", "heritage", "Kirchweiler",
    "lanterns", "library", "lifeboat", "market", "Mill Lane", "murals", "pier", "planning",
    "rail", "regatta", "repair café", "Saint-Aubry", "seals", "St Bride's", "swimming", "tides",
    "volunteers", "weather", "wildlife", "young people",
)  # fmt: skip

AUTHORS = (
    ("Marguerite Sand", "Editor. Believes in semicolons and low tide."),
    ("Dafydd Rees", "Council and courts. Has sat through every meeting since 2009."),
    ("Oluwaseun Adeyemi", "Nature notes, photographs and the occasional lost hoopoe."),
    ("Zoë Hartnell", "Food, drink and the 42 bus."),
    ("Jürgen Pohl", "Sport. Came for the regatta & stayed for the pies."),
    ("The night desk", "Everything that happens after the pubs close 🌙"),
)
