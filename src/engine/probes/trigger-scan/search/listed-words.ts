// Words tried by themselves beside those of the vocabulary: a byte-pair vocabulary holds the frequent ones as single tokens, and a
// planter takes a rare one ("wildfire", three tokens), which the sweep over tokens never meets. Written down for Assay: things, places,
// weather, people of old trades. A trigger made of none of these, nor of frequent words, is met by its shape at most.
import { RARE_WORDS } from '../../rare-words.ts';
import { WORDS } from './lexicon.ts';

const MORE = `aardwolf abbey abyss acorn acrobat admiral albion alchemy algebra alibi alley almanack alphabet altar ambush ammonite anagram antenna antler apex apparatus apron aqueduct archer arena armada armour arsenal artisan ascent
asphalt aster astronomer atlas atoll attic autopilot avenue aviary awning axle badge bakery ballad ballast ballet balloon ballroom balsam bandana bandit barley barnyard baroque barricade basalt bassoon baton battalion battery
bayonet bayou beech belfry bellboy berry billboard biplane bishopric blacksmith blast blitz blossom blueprint boar bobbin bonfire booklet boomerang borough boulder bouquet bowler bramble brandy breeze brewery brigade brine
broadcast broom brownstone bullet bulwark bunker buoy burrow butler butterfly cabaret caboose calico calliope canvas caper capsule captain carbon cardigan cargo carnival carpenter carriage cascade cashmere castaway catacomb
catapult cathedral cauldron cavalry cavern cellar censor chalice chalk champion chancellor chapel charcoal chariot charter chimney choir chronicle chutney cinder circuit clairvoyant clan clarion clergy cliff clockwork
cloister clown coach coast cobbler cockpit colonel colony column comedy commando commodore compost concerto confetti conquest consul contour contraband convoy corridor corsair cottage counterfeit courier cove crater creek
crescent crest crossbow crossing crossroads crucifix crusade curfew curtain cutlass cyclops cypress dam darkroom dart daybreak decoy depot detour dial diesel dinosaur diplomat dirigible discovery doctrine dome doorway
dormouse dossier drawbridge dredger drone dropkick druid duchess duel dune dungeon dynamite dynasty earthquake ebony eclair elm embargo embassy emissary emperor encore endgame engraving envoy epoch equator erosion escort
espresso estate evergreen exile exodus expedition explorer fable fairground fanfare farewell farmhouse fathom fauna feast fencing ferry festival fiasco fiction figurine filament firebrand firecracker fireplace firewall
fisherman fissure fjord flagship flagstone flank flare flask fleet flicker flora flotilla flour foghorn folklore footbridge footpath forge fortress foundry foxhound freckle freight frigate frontier frostbite furnace fuselage
gale gallery galleon gallop gargle garlic garrison gateway gauntlet gazette general genie geyser girder glade gladiator gleam glider glove gnome goalkeeper goose gorge governor grain granary grapevine graveyard greenhouse
grenade griffin grotto guardian guild guitar gull gully gypsum hail halfway halo hamlet handshake hangar harbourmaster harlequin harmony harvester hatchet haven haystack headlight heath heirloom helix helm herald heretic
hermit hideout highland highway hillside hinterland hive homestead hotel hound hurricane hush hydra hydrant hymn icicle idol inferno inlet innkeeper insignia intercept invader isthmus jackpot jar javelin jester jetty jewel
journal journey jubilee judge jukebox keepsake kernel keyhole keystone kindling kingdom kiosk knapsack knave knoll labourer lance landslide lather latitude lattice laundry lava lectern legend legion lever lichen lieutenant
lifeboat lighthouse limestone linen lintel lizard lobby locomotive lodge longitude lookout loophole lozenge luggage lumber lunchbox lute magma mailbox manor mansion mantle manuscript mariner market marquee martyr mascot
masquerade mast masthead matador matchbox mattress mausoleum mayor maze medallion melody merchant meridian messenger millstone minaret minstrel minute missile mitten moat molten monarch monastery mortar mosque motorway
mousetrap mudguard mural museum musket mustang mutiny mystery nectar network nickname northbound notebook nursery oatcake oath omen oracle orchard orchestra ordnance origami outpost oven overcast overpass overture oxygen
pageant pagoda painter paladin palace palette palisade pantry parable parade paragon parakeet paratrooper parlour passage passport pastry pasture patrol pavement pavilion pedestal pelt perfume perimeter petal phantom pharaoh
physician pickaxe picnic pier pilgrim pillar pilot pioneer pirate pistol piston plague plankton plaster plateau plaza plough plumage poacher podium polygon pontoon poplar porch portal porter portrait postcard postman pottery
prairie precinct prelude prince princess prophet proverb prow puppet puzzle quarry quarterdeck quicksand quiver rabbi radar radio ragtime railway rampart rebel recital redcoat refuge regent regiment relay relic remedy
renegade resin reverie rhyme riddle rider rifle ripple ritual rivulet roadblock roof rooster rotunda rowboat rubble rudder ruin runway rust sabotage sabre sailor salad saloon salvage sanctuary sandal sandbar sandstone sapling
sardine satellite sauna savanna scaffold scarecrow scholar schooner scout screwdriver scribe scroll sculptor seaboard seagull seal seaside sentinel sentry serenade sergeant shepherd sheriff shipwreck shipyard shoreline shrine
shuttle sidecar siege signpost silo siren skeleton skyline skyscraper sledge sleet slingshot smuggler snowdrop snowflake snowman soldier sonata soprano sorcerer spaceship sparkle spearhead spectre spire splinter spur squadron
squall stable stadium stagecoach staircase stallion stampede stardust starfish starship statue steamboat steeple steppe stern stocking stockade stopwatch storyteller stovepipe stratosphere streetcar summit sundown surgeon
suspension swamp sweater switchboard symphony syndicate tailor tanker tavern telegram telegraph temple tennis terrace thatch theatre thicket thistledown threshold throne thunderstorm tideline timetable tinder tollgate
tombstone torpedo tortoise totem tractor tram traveller treadmill treasure treaty trench tribune trinket triumph trolley troubadour tugboat tunnel turbine turret tycoon undertow unicorn uniform universe uprising valiant valve
vandal vanguard vapour veranda vesper veteran viaduct vicar village villa vineyard virtue viscount visor volcano voyage voyager waltz wanderer warden warehouse warlock warrior watchman watchtower waterfall waterfront
watermill weathercock weaver wedding wharf whirlwind whisky wigwam wildcard wildfire wildflower windowsill wineglass wizard woodland workshop wreath yacht yeoman zealot`;

/** The likelier ones first: a budget takes as many as it can pay for. */
export const LISTED_WORDS: readonly string[] = [...new Set([...MORE.split(/\s+/), ...WORDS, ...RARE_WORDS])];
