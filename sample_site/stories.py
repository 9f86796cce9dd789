"""What The Tidewell Lantern has written: the texts of a small-town magazine, as data."""


def blocks(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, one line each; an empty line stands between two."""
    return tuple(" ".join(block.split()) for block in text.strip().split("\n\n"))


# A title and how the story begins. The column in which it stands comes first.
STORIES = tuple(
    tuple(line.split(" | "))
    for line in blocks(
        """
Harbour | Spring tide brings the harbour wall its biggest test in a decade | The water stood
nine centimetres below the coping on Tuesday night, and forty people came out to look at it.

Harbour | The last wooden ferry is coming home | After eleven years on blocks in a shed upriver,
the <em>Mary Arle</em> will be towed back to her old berth on the first calm Saturday of the month.

Harbour | Who owns the slipway? | The answer lies in a tin box at the county record office, and
it is not the answer that anybody in town had hoped for.

Council | Council votes 9 to 4 to keep the library open on Sundays | The public gallery was full,
the heating was off and nobody went home early.

Council | A one-way system for Butter Street? | Traders, cyclists and the owner of the only
removal van in town have very different views of the same forty metres of cobbles.

Council | Fish & chips, fines & a very long meeting | Item seven, the litter order for the
promenade, took two hours and ten minutes.

Schools | St Bride's pupils launch a weather balloon, and find it again | It came down in a field
of barley twenty-six miles away with the sandwich still attached.

Schools | The school that grows its own lunch | In the polytunnel behind the bicycle sheds,
Year 5 is arguing about courgettes.

Schools | Exam results: "We just kept turning up" | Tidewell Academy's sixth form has had its
best summer since the new building opened.

Nature | The curlews are back on the saltings | Eleven pairs have been counted between the sluice
and the old brickworks, three more than last spring.

Nature | Why the elms of Mill Lane survived | Two trees that should have died in the seventies
are about to have a hundred cuttings taken from them.

Nature | Hedgehog highway reaches the station 🦔 | Forty-one gardens now have a hole in the fence,
thirteen centimetres square, and a small sign above it.

People | The woman who winds the town hall clock | Twice a week for thirty-four years Ines Calder
has climbed eighty-eight steps with a thermos and a crank.

People | From Aleppo to the bakery on Quay Street | Sami Haddad's cardamom buns sell out by nine,
and he still thinks that the ovens are too small.

People | "I only came to mend the organ" | Pieter van Loon arrived for a fortnight in 1998. The
organ works, and he is still here.

Food & drink | The best bacon roll on the coast, according to four dogs and a postman | A strictly
unscientific tour, on foot, before eight in the morning.

Food & drink | Cider from apples nobody wanted | Every autumn the people of Orchard Rise leave
their windfalls at the gate, and every spring they get a bottle back.

Food & drink | A café at the end of the pier at last | It has nine seats, one window and a
waiting list for the window.

Culture | The Regal shows its first film in nineteen years | The projector jammed twice. Nobody
minded in the slightest.

Culture | Lantern night moves to November | The procession has always been in the rain, the
committee says, and so it may as well be in the dark.

Culture | A mural for the gasworks wall | Three designs, four hundred votes and one winner that
nobody had predicted.

Sport | Rovers draw 4-4 in the strangest match of the season | Two own goals, a dog on the pitch
and a penalty that had to be taken three times.

Sport | Cold water, warm heads: the January swimmers | It was three degrees in the river, and
they sang on the way in.

Sport | The bowls club has a waiting list again | "It is the cake," says the secretary, "but do
write that it is the coaching."

Business | The ironmonger on Butter Street turns 150 | You can still buy a single screw, and you
will still be told which one.

Business | Broadband reaches the last farm on the marsh | The engineer came by boat, twice,
because the first time he had forgotten the router.

Business | A second life for the rope works | Six workshops, a print studio and a very large
sourdough oven have moved in.

History | What the flood marks tell us | There are seven lines cut into the wall of the Anchor,
and the highest is not the oldest.

History | The night the circus elephant crossed the bridge | It was 1911, it was foggy, and the
toll for "any beast over ten hundredweight" had never been charged before.

History | A Roman road under the car park | The archaeologists have three weeks. The car park has
a queue.

Getting about | The 42 bus is saved, for now | An extra ninety passengers a week would make it
safe, so here is where it goes and what you can see from it.

Getting about | We walked every footpath in the parish | All sixty-three miles of them, including
the one that goes through somebody's greenhouse.

Getting about | Night trains: how to be in Vienna for breakfast | It begins with the 16.52 from
platform one, and a good book.

Letters | Your letters: gulls, bells & the price of parking | Our postbag was heavier than usual,
and so was its tone.

Letters | A correction, and an apology to the vicar | The organ fund stands at £12,400 and not, as
we printed, at £124.

Letters | To whoever took the bench | It was my mother's, it has her name on it, and you can
bring it back without a word.
"""
    )
)

# Columns that come back every few weeks: how title and first sentence read, and their subjects.
SERIES = (
    ("Food & drink", "Recipe: {}",
     "This week's dish is {}: four ingredients that you have, and one that you must borrow.", (
        "samphire & brown butter on toast", "my grandmother's crab soup", "damson cheese",
        "a pie for the allotment show", "proper parkin for a cold night", "three-day marmalade",
        "smoked mackerel pâté", "plum cake from the Kirchweiler exchange", "cawl, the way Nia does",
        "pickled walnuts", "barley broth for twenty", "the school's courgette fritters",
    )),
    ("History", "From the archive: {}",
     'Filed under "{}" in the town hall cellar: two folders, a photograph, a pressed flower.', (
        "the regatta of 1887", "a telephone for Dr Pascoe", "the winter the river froze",
        "evacuees on platform two", "the day the market cross fell", "when we had a racecourse",
        "the great herring glut", "a strike at the rope works", "the lamplighter's notebook",
        "coronation tea for 900", "the ferry disaster that wasn't", "our first councilwoman",
    )),
    ("Getting about", "Walk of the month: {}",
     "Boots on, flask filled. This month's route, {}, takes three hours with stops.", (
        "the sea wall to Gannet Point", "mills of the upper Arle", "a circuit of the brickworks",
        "Mill Lane by moonlight", "church to church across the marsh", "the old branch line",
        "Orchard Rise in blossom", "the parish boundary, by welly", "Long Hill & home for tea",
        "a pushchair-friendly mile", "the smugglers' path", "New Year's Day, before noon",
    )),
    ("Council", "Council in brief: {}",
     "On the agenda: {}. The short version follows; the long version took until eleven.", (
        "bins, benches & bollards", "the budget in five numbers", "allotments, again",
        "who sits on what", "street lights & owls", "the skate park moves a step closer",
        "a new roof for the market hall", "speed limits on the marsh road", "dogs on the beach",
        "the pier subsidy", "twinning with Saint-Aubry", "what to do about the fountain",
    )),
    ("Harbour", "Ask the harbourmaster: {}",
     "A reader asks: {} Our harbourmaster put down his mug and thought about it.", (
        "may I swim off the pontoon?", "what do three lights mean?", "why is it called the Gut?",
        "how deep is the channel?", "can my dog come on the ferry?", "who rescues the rescuers?",
        "what happens to lost anchors?", "are the seals really seals?", "is the bell ever wrong?",
        "where does the mud go?", "may I paint my boat orange?", "when is the next spring tide?",
    )),
    ("Nature", "Bird of the week: {}",
     "Seen this week: {}. Look for it early, before the dogs do.", (
        "the turnstone", "the barn owl on Long Hill", "little egrets, everywhere", "the wren",
        "a lost hoopoe", "brent geese by the thousand", "the kingfisher under the road bridge",
        "house martins at the Anchor", "the avocet", "redwings in the churchyard",
        "a peregrine on the water tower", "the humble starling",
    )),
    ("Culture", "What's on: {}",
     "In the diary: {}. Doors, prices and where to leave your umbrella are all below.", (
        "a week of brass", "open studios at the rope works", "the Christmas lights 🎄",
        "poetry in the lifeboat shed", "the seed swap", "jazz & jam", "the repair café's birthday",
        "a ceilidh for the organ fund", "outdoor cinema, blankets advised", "the Saint-Aubry choir",
        "storytelling for the under-fives", "the dog show (all dogs win)",
    )),
)  # fmt: skip

# What a story goes on with. The town is small, so most of it fits anywhere.
PARAGRAPHS = blocks(
    """
"People think that nothing happens here," said Marta Oyelaran, who has run the newsagent's on
Quay Street since 2003. "They should stand behind this counter for one morning."

The next public meeting is on the second Thursday of the month at half past seven in the market
hall. Tea is provided; opinions, as one councillor put it, are not in short supply either.

It is not the first attempt. A similar plan failed in 1994 for want of £6,000, and again in 2011
when the surveyor found newts.

Volunteers are needed on Saturdays from ten. Bring gloves, something to sit on and, if you own
one, a wheelbarrow. Children are welcome as long as they bring a grown-up.

By lunchtime the queue reached the war memorial. By two it had gone round it, and somebody had
started to sell lemonade from a bicycle.

The figures are modest and, for once, undisputed: 312 people signed, 41 wrote letters, and 7 of
those letters were from the same address.

Asked what it would cost, the clerk leafed through her folder for a while. "Less than the last
time we did nothing," she said.

The light on the estuary is at its best an hour before high water. If you go, keep to the path:
the mud looks firm, and the coastguard would like an evening off.

There were speeches, mercifully short, and a cake in the shape of the lighthouse which was less
mercifully upright.

Further up the Arle the valley narrows, the hedges close in and the phone signal gives up. Most
of the people we met said that this was the reason they had moved there.

"We asked for a bench," said Tom Ferreira of the Mill Lane residents. "We were given a working
group. The working group has now asked for a bench."

The full list, with times and prices, hangs in the library window and in the porch of St Bride's.
Corrections to the usual address, please, or shout across the road.

Nobody is quite sure who began it. The earliest mention is in the parish magazine of 1926, which
calls it "our ancient custom" and does not explain any further.

What happens next depends on the county, and what the county does depends on the bridge. Until
there is a date for the bridge, the diversion by the brickworks remains.

Fourteen-year-old Aoife Brennan had the best view of all, from the top of the diving tower. "You
could see our house," she reported. "You could see that I had left my window open."

The project is paid for by the Arle Community Fund, two anonymous donors and the proceeds of a
sponsored silence at the primary school, which raised more than anyone had dared to hope.

In Kirchweiler, our twin town on the Mosel, they do it differently: there, the mayor has to jump
in first. The idea was met with enthusiasm by everyone except the mayor.

It rained, of course. It rained on the brass band, on the bunting and on the bishop, and at five
to four the sun came out as though it had merely been held up in traffic.

The work should be finished by Easter. The <a href="/council/">council's page</a> shows which
streets are closed, and a man called Derek will answer the telephone.

Some things have changed. The chandler sells coffee now, and the coffee shop sells rope. But the
bell still rings at noon, four minutes late, and nobody would dream of putting it right.
"""
)

QUOTES = blocks(
    """
If it is broken, we mend it. If it isn't, we have a committee.

You can always tell a Tidewell boat: it is the one going the other way.

My father said that the tide waits for nobody, but that it would at least let you finish your tea.

We didn't save the ferry. The ferry saved us.

I have never once been bored here, and I have really tried.
"""
)

HEADINGS = (
    "What happens next", "The story so far", "In numbers", "How to join in", "If you go",
    "A short history", "What the neighbours say",
)  # fmt: skip
