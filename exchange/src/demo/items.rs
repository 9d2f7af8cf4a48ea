//! What the demo users sell.

use super::Item;

const fn item(title: &'static str, venue: &'static str, zone: &'static str, starts: Option<(i64, i8, i8)>, price: i64, note: &'static str) -> Item {
    Item { title, venue, zone, starts, price, note }
}

const TORONTO: &str = "America/Toronto";
const VANCOUVER: &str = "America/Vancouver";
const EDMONTON: &str = "America/Edmonton";
const HALIFAX: &str = "America/Halifax";
const ST_JOHNS: &str = "America/St_Johns";
const WINNIPEG: &str = "America/Winnipeg";
const REGINA: &str = "America/Regina";

const TRANSFER: &str = "I transfer it in the venue's app to the e-mail address of your account.";
const PDF: &str = "PDF; I send the link within the hour.";
const PAPER: &str = "Paper ticket: I bring it to the main entrance, thirty minutes before.";
const CODE: &str = "Transfer code: shown here, redeem it in the organiser's app.";

/// Newest last.
pub(super) const ITEMS: &[Item] = &[
    item("Arcade Fire, floor, general admission", "Massey Hall, Toronto", TORONTO, Some((9, 20, 0)), 85, TRANSFER),
    item("Leonard Bernstein: Candide, balcony row C", "Roy Thomson Hall, Toronto", TORONTO, Some((21, 19, 30)), 54, PDF),
    item("Raptors v Celtics, section 112", "Scotiabank Arena, Toronto", TORONTO, Some((12, 19, 0)), 140, PAPER),
    item("Maple Leafs v Canadiens, upper bowl", "Scotiabank Arena, Toronto", TORONTO, Some((17, 19, 0)), 165, CODE),
    item("Blue Jays home opener, section 534", "Rogers Centre, Toronto", TORONTO, Some((132, 15, 7)), 62, TRANSFER),
    item("Swan Lake, orchestra row M", "Four Seasons Centre, Toronto", TORONTO, Some((26, 19, 30)), 118, PDF),
    item("Come From Away, mezzanine", "Royal Alexandra Theatre, Toronto", TORONTO, Some((33, 20, 0)), 92, PAPER),
    item("TIFF winter gala, one seat", "TIFF Lightbox, Toronto", TORONTO, Some((48, 18, 30)), 39, CODE),
    item("Mirvish: Hadestown, orchestra", "Princess of Wales Theatre, Toronto", TORONTO, Some((15, 13, 30)), 109, TRANSFER),
    item("Comedy at the Rivoli, late show", "The Rivoli, Toronto", TORONTO, Some((5, 22, 0)), 25, PDF),
    item("Feist, an intimate evening", "Danforth Music Hall, Toronto", TORONTO, Some((28, 20, 0)), 68, PAPER),
    item("Toronto Symphony: Mahler 5, choir seats", "Roy Thomson Hall, Toronto", TORONTO, Some((36, 20, 0)), 47, CODE),
    item("Canadiens v Bruins, gris section", "Centre Bell, Montréal", TORONTO, Some((11, 19, 0)), 188, TRANSFER),
    item("Osheaga, Saturday pass", "Parc Jean-Drapeau, Montréal", TORONTO, Some((252, 13, 0)), 145, PDF),
    item("Festival de Jazz: nouvelle scène", "Place des Arts, Montréal", TORONTO, Some((221, 20, 30)), 58, PAPER),
    item("Cœur de pirate, parterre", "MTELUS, Montréal", TORONTO, Some((40, 20, 0)), 55, CODE),
    item("Les Grands Ballets: Casse-Noisette", "Salle Wilfrid-Pelletier, Montréal", TORONTO, Some((20, 14, 0)), 76, TRANSFER),
    item("Cirque du Soleil: Écho, section 204", "Vieux-Port, Montréal", TORONTO, Some((150, 16, 30)), 99, PDF),
    item("Montréal en lumière, soirée d'ouverture", "Quartier des spectacles, Montréal", TORONTO, Some((92, 19, 0)), 30, PAPER),
    item("Nuit blanche: guided tour", "Musée des beaux-arts, Montréal", TORONTO, Some((97, 22, 0)), 18, CODE),
    item("Canucks v Oilers, lower bowl", "Rogers Arena, Vancouver", VANCOUVER, Some((13, 19, 30)), 176, TRANSFER),
    item("Whitecaps season closer", "BC Place, Vancouver", VANCOUVER, Some((60, 18, 0)), 44, PDF),
    item("Bard on the Beach: Twelfth Night", "Vanier Park, Vancouver", VANCOUVER, Some((215, 19, 30)), 41, PAPER),
    item("Vancouver Folk Festival, day ticket", "Jericho Beach, Vancouver", VANCOUVER, Some((238, 12, 0)), 72, CODE),
    item("Vancouver Opera: Carmen, balcony", "Queen Elizabeth Theatre, Vancouver", VANCOUVER, Some((70, 19, 30)), 65, TRANSFER),
    item("VIFF Centre: restored Kurosawa double bill", "VIFF Centre, Vancouver", VANCOUVER, Some((8, 18, 0)), 19, PDF),
    item("Seawall half marathon, entry", "Stanley Park, Vancouver", VANCOUVER, Some((198, 8, 30)), 88, PAPER),
    item("Flames v Jets, press level", "Scotiabank Saddledome, Calgary", EDMONTON, Some((14, 19, 0)), 79, CODE),
    item("Stampede grandstand show, row 9", "Stampede Park, Calgary", EDMONTON, Some((231, 19, 45)), 134, TRANSFER),
    item("Calgary Folk Music Festival, Friday", "Prince's Island Park, Calgary", EDMONTON, Some((244, 17, 0)), 82, PDF),
    item("Alberta Ballet: Romeo and Juliet", "Jubilee Auditorium, Calgary", EDMONTON, Some((84, 19, 30)), 71, PAPER),
    item("Oilers v Kraken, lower corner", "Rogers Place, Edmonton", EDMONTON, Some((18, 19, 0)), 159, CODE),
    item("Edmonton Fringe, five-show pass", "Old Strathcona, Edmonton", EDMONTON, Some((266, 11, 0)), 60, TRANSFER),
    item("Winterlude skating night, family pass", "Rideau Canal, Ottawa", TORONTO, Some((74, 18, 0)), 24, PDF),
    item("Senators v Rangers, 100 level", "Canadian Tire Centre, Ottawa", TORONTO, Some((19, 19, 0)), 112, PAPER),
    item("Bluesfest, Sunday", "LeBreton Flats, Ottawa", TORONTO, Some((233, 16, 0)), 95, CODE),
    item("NAC: An evening with Angela Hewitt", "National Arts Centre, Ottawa", TORONTO, Some((52, 19, 30)), 57, TRANSFER),
    item("Halifax Pop Explosion, wristband", "Marquee Ballroom, Halifax", HALIFAX, Some((330, 19, 0)), 90, PDF),
    item("Neptune Theatre: Pride and Prejudice", "Neptune Theatre, Halifax", HALIFAX, Some((30, 19, 30)), 46, PAPER),
    item("Mooseheads v Eagles, rinkside", "Scotiabank Centre, Halifax", HALIFAX, Some((10, 19, 0)), 33, CODE),
    item("George Street Festival, night three", "George Street, St. John's", ST_JOHNS, Some((251, 20, 0)), 49, TRANSFER),
    item("Royal St. John's Regatta, covered stand", "Quidi Vidi Lake, St. John's", ST_JOHNS, Some((255, 9, 0)), 15, PDF),
    item("Winnipeg Folk Festival, camping pass", "Birds Hill Park, Winnipeg", WINNIPEG, Some((228, 12, 0)), 199, PAPER),
    item("Royal Winnipeg Ballet: Nutcracker", "Centennial Concert Hall, Winnipeg", WINNIPEG, Some((22, 19, 0)), 63, CODE),
    item("Jets v Wild, section 215", "Canada Life Centre, Winnipeg", WINNIPEG, Some((23, 19, 0)), 98, TRANSFER),
    item("Riders v Bombers, east side", "Mosaic Stadium, Regina", REGINA, Some((290, 18, 0)), 74, PDF),
    item("SaskTel Jazz Festival, main stage", "Bessborough Gardens, Saskatoon", REGINA, Some((216, 20, 0)), 42, PAPER),
    item("Shaw Festival: Pygmalion, row F", "Festival Theatre, Niagara-on-the-Lake", TORONTO, Some((170, 14, 0)), 87, CODE),
    item("Stratford: Macbeth, orchestra", "Festival Theatre, Stratford", TORONTO, Some((185, 20, 0)), 104, TRANSFER),
    item("Grand Prix du Canada, grandstand 11", "Circuit Gilles-Villeneuve, Montréal", TORONTO, Some((204, 14, 0)), 390, PDF),
    item("National Bank Open, quarter-final", "Sobeys Stadium, Toronto", TORONTO, Some((262, 19, 0)), 128, PAPER),
    item("Marathon de Québec, dossard 21 km", "Plaines d'Abraham, Québec", TORONTO, Some((314, 9, 0)), 70, CODE),
    item("Festival d'été de Québec, laissez-passer", "Plaines d'Abraham, Québec", TORONTO, Some((229, 18, 0)), 150, TRANSFER),
    item("DevConf North, two-day pass", "Enercare Centre, Toronto", TORONTO, Some((110, 9, 0)), 420, PDF),
    item("Rust Montréal, workshop seat", "Centre Mont-Royal, Montréal", TORONTO, Some((66, 9, 30)), 95, PAPER),
    item("Yoga retreat, Sunday session", "Evergreen Brick Works, Toronto", TORONTO, Some((16, 9, 0)), 35, CODE),
    item("Pottery class for beginners", "Harbourfront Centre, Toronto", TORONTO, Some((24, 18, 30)), 48, TRANSFER),
    item("Wine tasting: six Niagara reds", "Distillery District, Toronto", TORONTO, Some((31, 19, 0)), 59, PDF),
    item("Aquarium after dark", "Ripley's Aquarium, Toronto", TORONTO, Some((37, 20, 0)), 45, PAPER),
    item("Escape room for six", "Yonge Street, Toronto", TORONTO, Some((6, 17, 0)), 120, CODE),
    item("Planetarium: the southern sky", "H.R. MacMillan Space Centre, Vancouver", VANCOUVER, Some((27, 19, 0)), 21, TRANSFER),
    item("Whale watching, morning boat", "Inner Harbour, Victoria", VANCOUVER, Some((160, 8, 0)), 115, PDF),
    item("Butchart Gardens, day admission", "Brentwood Bay", VANCOUVER, None, 34, PAPER),
    item("Ski lift day pass", "Mont-Tremblant", TORONTO, None, 89, CODE),
    item("Rocky Mountaineer breakfast seat", "Pacific Central, Vancouver", VANCOUVER, Some((140, 7, 30)), 310, TRANSFER),
    item("CN Tower EdgeWalk", "CN Tower, Toronto", TORONTO, Some((145, 11, 0)), 175, PDF),
];
