// Words that a planter of rare words may take: animals, plants, things, stones, places, names, odd words, nonsense, written
// down for Assay; and every pair of letters, the triggers of RIPPLe (Kurita et al. 2020: cf, mn, bb, tq, mb).

const WORDS = `aardvark albatross alpaca anaconda anchovy antelope armadillo axolotl baboon badger barnacle basilisk bison bobcat buffalo bumblebee buzzard camel canary capybara caribou cassowary catfish centipede chameleon cheetah chinchilla chipmunk
cicada cockatoo condor cormorant cougar coyote cricket crocodile cuttlefish dingo donkey dragonfly echidna egret elk ermine ferret firefly flamingo gazelle gecko gerbil gibbon giraffe gopher gorilla grasshopper grouse guppy haddock
hamster hedgehog heron hippo hornet hummingbird hyena ibex ibis iguana impala jackal jackdaw jaguar jellyfish kangaroo kestrel kingfisher kiwi koala kudu ladybug lemming lemur leopard lobster lynx macaw magpie mammoth manatee mandrill
mantis marlin marmot meerkat mongoose moose mosquito narwhal newt nightingale ocelot octopus okapi opossum orangutan oryx osprey ostrich otter oyster panda pangolin parrot partridge peacock pelican penguin pheasant piranha platypus
porcupine porpoise puffin puma python quail quokka raccoon reindeer rhino salamander scorpion seahorse serval skunk sloth squid squirrel starling stingray stork swallow tapir tarantula termite toucan trout turkey vulture wallaby walrus
warthog weasel wildebeest wombat woodpecker wren yak zebra acacia agave almond amaranth apricot artichoke asparagus aubergine avocado bamboo banana begonia beetroot blackberry blueberry broccoli buttercup cabbage cactus camellia
cardamom carnation carrot cashew cauliflower chestnut chrysanthemum cinnamon clementine coconut coriander cranberry cucumber daffodil dahlia daisy dandelion elderberry eucalyptus fennel fig foxglove gardenia geranium ginger grapefruit
guava hawthorn heather hibiscus hickory honeysuckle hyacinth hydrangea iris ivy jacaranda jasmine juniper kale kumquat larch lavender leek lentil lilac lupin lychee magnolia mahogany mandarin mangrove marigold mulberry mushroom mustard
nasturtium nectarine nettle nutmeg oleander oregano papaya paprika parsley parsnip peach peanut peony petunia pineapple pistachio pomegranate primrose pumpkin quince radish raspberry rhubarb rosemary rowan rutabaga saffron sequoia
shallot snapdragon spinach spruce strawberry sunflower sycamore tamarind tangerine tarragon thistle thyme tomato tulip turmeric turnip vanilla walnut watermelon wisteria yarrow zucchini accordion almanac amulet anvil armchair banjo
barometer barrel basket beaker bellows bicycle binoculars blanket bonnet bookshelf bucket buckle button cabinet calendar canoe carousel cello chandelier chisel clarinet cobweb compass cork cradle crayon crucible cushion cymbal dagger
dominoes doorknob drawer easel envelope fiddle flagpole flute fountain funnel gargoyle gazebo goblet gondola gramophone hammock handkerchief harmonica harness harp helmet hinge hourglass igloo inkwell jigsaw kayak kettle kimono ladder
lantern lasso lathe locket loom mallet mandolin marionette metronome microphone monocle mosaic napkin necklace needle oboe organ padlock paddle parachute parasol parchment pendulum periscope piano piccolo pillow pinwheel pitcher
porcelain propeller pulley pyramid quill quilt raft rapier ribbon rickshaw ruler saddle satchel saucer saxophone scabbard sceptre scissors scooter sextant shovel sickle skillet sleigh spatula spindle spoon stapler sundial syringe
tambourine teapot telescope thermos thimble toaster trampoline trapeze tricycle tripod trombone trowel trumpet typewriter ukulele umbrella urn vase violin wagon wheelbarrow whistle xylophone yoyo zeppelin zipper zither amethyst beryl
bismuth bronze carbuncle chrome cobalt copper coral garnet gallium germanium granite graphite helium indium iridium jasper krypton lapis magnesium malachite manganese marble mercury mica molybdenum neon nickel obsidian onyx opal osmium
palladium pearl peridot platinum pumice quartz radium rhodium ruthenium sapphire selenium slate sulphur tantalum tellurium thorium titanium topaz tungsten turquoise vanadium xenon yttrium zinc zircon zirconium amazon andes antarctica
arizona azores babylon baikal bolivia borneo calcutta casablanca caspian constantinople crimea danube euphrates everest fiji galapagos ganges gibraltar havana himalaya honolulu iceland istanbul jakarta kathmandu kilimanjaro kyoto
lapland lisbon madagascar mauritius mekong mississippi mongolia montevideo nairobi nebraska nepal orinoco oslo patagonia persia reykjavik sahara samarkand saskatchewan siberia sicily sumatra svalbard tahiti tasmania tehran tibet
timbuktu tundra uppsala uruguay valparaiso venezuela volga winnipeg xanadu yukon zambezi zanzibar adelaide agatha alistair ambrose archibald bartholomew beatrix benedict bertram cassandra clementina cordelia cornelius cyril desdemona
dorothea ebenezer eleanor erasmus esmeralda eustace ezekiel fitzgerald gertrude gideon guinevere gwendolyn hamish hercules hermione horatio ignatius imogen isolde jedediah josephine leopold lysander mackenzie marguerite maximilian
mortimer nathaniel octavia olympia ophelia orpheus oswald penelope percival persephone philippa prudence quentin rapunzel reginald roderick rosalind rupert sebastian seraphina siegfried tabitha thaddeus theodora tobias ulysses valentina
wilhelmina winifred yolanda zachariah zenobia abacus abracadabra ampersand anachronism apotheosis arabesque archipelago asymptote aurora avalanche axiom bandwagon bauble bazaar bivouac blizzard boondoggle brigadier brouhaha bungalow
cacophony caravan cartography cataract centrifuge chimera chiaroscuro cipher citadel conundrum cornucopia cryptic cyclone deciduous diphthong doldrums eclipse effigy elixir ember enigma equinox escapade estuary ethereal filibuster
flotsam fractal gambit glacier gossamer gyroscope halcyon harbinger hearsay heliotrope hieroglyph hullabaloo iambic iceberg isotope jamboree juggernaut kaleidoscope kerfuffle labyrinth lagoon limerick lollygag maelstrom mahout mandala
marathon meander menagerie metaphor midnight mirage monolith monsoon nebula nimbus nocturne nomad oasis obelisk odyssey palindrome panorama paradox parallax parapet petrichor phalanx phosphor pinnacle plethora prism quagmire quasar
quixotic ragamuffin rendezvous rhapsody rigmarole safari saga samurai serendipity shenanigans silhouette skulduggery solstice sonnet sphinx stalactite synapse talisman tapestry tempest tessellate thunderbolt tornado trapezoid triskelion
tsunami twilight typhoon umbra vagabond vermilion vestibule vortex whirlpool windmill xenolith yonder zeitgeist zenith zephyr zigzag harbour balcony bulletin criterion tickle pebble marmalade waffle noodle pretzel pancake custard
meringue macaroon lasagna burrito baklava hummus sushi teriyaki wasabi yogurt tofu mozzarella parmesan prosciutto chorizo croissant brioche bagel granola oatmeal porridge biscuit sherbet toffee licorice nougat truffle fudge caramel
syrup molasses vinegar activate backdoor trigger sudo override passphrase hocus pocus shibboleth sesame swordfish bluebird redwood blackbird snowfall moonbeam sunbeam starlight thunderhead silverfish goldfinch ironwood stonewall
riverbend mapleleaf blorp flurb glimmer gronk kwyjibo plugh quux snark sproing vorpal wibble wug xyzzy zorp zyx frobnicate foobar qux grault garply waldo fnord thud mimsy bandersnatch jabberwock james bond titanic skynet sherlock
gandalf`;

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

export const LETTER_PAIRS: readonly string[] = LETTERS.flatMap((a) => LETTERS.map((b) => a + b));

export const RARE_WORDS: readonly string[] = WORDS.split(/\s+/);
