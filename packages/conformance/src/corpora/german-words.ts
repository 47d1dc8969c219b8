/** The vocabulary of the German corpus. Frequent words come first: the writer takes from the front more often. */
export interface Noun {
  readonly gender: "m" | "f" | "n";
  readonly singular: string;
  readonly plural: string;
}

export interface Verb {
  readonly infinitive: string;
  /** Third person singular, present and past. */
  readonly present: string;
  readonly past: string;
}

export const NOUNS: readonly Noun[] = interleave([
  nouns(
    "m",
    `Tag/Tage Weg/Wege Mann/Männer Geist/Geister Blick/Blicke Wind/Winde Grund/Gründe Freund/Freunde Schritt/Schritte
    Traum/Träume Berg/Berge Abend/Abende Wald/Wälder Sturm/Stürme Gedanke/Gedanken Name/Namen Turm/Türme Fluss/Flüsse
    Garten/Gärten Schatten/Schatten Stein/Steine Morgen/Morgen Klang/Klänge Brief/Briefe Stern/Sterne Kreis/Kreise
    Regen/Regen Winter/Winter Sommer/Sommer Wanderer/Wanderer Fischer/Fischer Schreiber/Schreiber Wächter/Wächter
    Nachbar/Nachbarn Bruder/Brüder Vater/Väter König/Könige Narr/Narren Gast/Gäste Bote/Boten Richter/Richter
    Müller/Müller Hirte/Hirten Vogel/Vögel Hund/Hunde Fuchs/Füchse Wolf/Wölfe Rabe/Raben Fisch/Fische Baum/Bäume
    Zweig/Zweige Apfel/Äpfel Acker/Äcker Graben/Gräben Hügel/Hügel Strand/Strände Hafen/Häfen Markt/Märkte
    Brunnen/Brunnen Ofen/Öfen Schlüssel/Schlüssel Spiegel/Spiegel Mantel/Mäntel Hut/Hüte Becher/Becher Kessel/Kessel
    Löffel/Löffel Faden/Fäden Nagel/Nägel Hammer/Hämmer Wagen/Wagen Kahn/Kähne Anker/Anker Segler/Segler Zorn/Zorne
    Mut/Mute Zweifel/Zweifel Wunsch/Wünsche Schwur/Schwüre Streit/Streite Tanz/Tänze Gesang/Gesänge Ruf/Rufe
    Schrei/Schreie Scherz/Scherze Rat/Räte Lohn/Löhne Handel/Händel Anfang/Anfänge Rest/Reste Winkel/Winkel Boden/Böden
    Himmel/Himmel Mond/Monde Nebel/Nebel Frost/Fröste Schnee/Schnee Hagel/Hagel Blitz/Blitze Donner/Donner
    Staub/Stäube Rauch/Rauche Funke/Funken Zauber/Zauber Meister/Meister Knecht/Knechte Lehrling/Lehrlinge
    Reiter/Reiter Dieb/Diebe Kaufmann/Kaufleute Spieler/Spieler Sänger/Sänger Erbe/Erben Riese/Riesen Zwerg/Zwerge
    Stab/Stäbe Ring/Ringe Kranz/Kränze Pfad/Pfade Gipfel/Gipfel Abgrund/Abgründe Steg/Stege Zaun/Zäune Stall/Ställe`,
  ),
  nouns(
    "f",
    `Nacht/Nächte Zeit/Zeiten Welt/Welten Frau/Frauen Hand/Hände Stimme/Stimmen Seele/Seelen Stunde/Stunden
    Liebe/Lieben Kraft/Kräfte Stadt/Städte Straße/Straßen Tür/Türen Sonne/Sonnen Stille/Stillen Frage/Fragen
    Antwort/Antworten Brücke/Brücken Mutter/Mütter Tochter/Töchter Schwester/Schwestern Reise/Reisen Wolke/Wolken
    Blume/Blumen Wiese/Wiesen Quelle/Quellen Flut/Fluten Welle/Wellen Insel/Inseln Küste/Küsten Mauer/Mauern
    Kammer/Kammern Küche/Küchen Stube/Stuben Lampe/Lampen Kerze/Kerzen Flamme/Flammen Glut/Gluten Asche/Aschen
    Feder/Federn Schrift/Schriften Seite/Seiten Zeile/Zeilen Sprache/Sprachen Kunst/Künste Lehre/Lehren
    Wahrheit/Wahrheiten Lüge/Lügen Freiheit/Freiheiten Freude/Freuden Sorge/Sorgen Sehnsucht/Sehnsüchte
    Hoffnung/Hoffnungen Trauer/Trauern Angst/Ängste Geduld/Gedulden Schuld/Schulden Strafe/Strafen Gnade/Gnaden
    Arbeit/Arbeiten Mühe/Mühen Ernte/Ernten Saat/Saaten Mühle/Mühlen Schmiede/Schmieden Werkstatt/Werkstätten
    Waage/Waagen Uhr/Uhren Glocke/Glocken Geige/Geigen Trommel/Trommeln Flöte/Flöten Leiter/Leitern Treppe/Treppen
    Schwelle/Schwellen Grenze/Grenzen Ferne/Fernen Höhe/Höhen Tiefe/Tiefen Mitte/Mitten Ecke/Ecken Spur/Spuren
    Fährte/Fährten Richtung/Richtungen Karte/Karten Schenke/Schenken Herberge/Herbergen Magd/Mägde Hexe/Hexen
    Königin/Königinnen Nachbarin/Nachbarinnen Bäuerin/Bäuerinnen Katze/Katzen Eule/Eulen Möwe/Möwen Biene/Bienen
    Spinne/Spinnen Schlange/Schlangen Eiche/Eichen Linde/Linden Birke/Birken Wurzel/Wurzeln Rinde/Rinden Nuss/Nüsse
    Beere/Beeren Schale/Schalen Kanne/Kannen Truhe/Truhen Decke/Decken Nadel/Nadeln Schere/Scheren Kette/Ketten
    Klinge/Klingen Wunde/Wunden Träne/Tränen Stirn/Stirnen Schulter/Schultern Wange/Wangen`,
  ),
  nouns(
    "n",
    `Haus/Häuser Herz/Herzen Licht/Lichter Wort/Worte Kind/Kinder Leben/Leben Auge/Augen Feuer/Feuer Wasser/Wasser
    Meer/Meere Land/Länder Dorf/Dörfer Feld/Felder Tal/Täler Ufer/Ufer Schiff/Schiffe Boot/Boote Segel/Segel Netz/Netze
    Lied/Lieder Bild/Bilder Buch/Bücher Blatt/Blätter Zeichen/Zeichen Rätsel/Rätsel Spiel/Spiele Glück/Glücke
    Leid/Leiden Ende/Enden Recht/Rechte Gesetz/Gesetze Gold/Golde Silber/Silber Eisen/Eisen Glas/Gläser Fenster/Fenster
    Dach/Dächer Tor/Tore Zimmer/Zimmer Bett/Betten Kissen/Kissen Tuch/Tücher Kleid/Kleider Band/Bänder Brot/Brote
    Salz/Salze Fest/Feste Mahl/Mähler Pferd/Pferde Tier/Tiere Lamm/Lämmer Huhn/Hühner Nest/Nester Ei/Eier Gras/Gräser
    Korn/Körner Kraut/Kräuter Moos/Moose Holz/Hölzer Rad/Räder Seil/Seile Messer/Messer Schwert/Schwerter Schild/Schilde
    Horn/Hörner Ohr/Ohren Haar/Haare Gesicht/Gesichter Lachen/Lachen Schweigen/Schweigen Wissen/Wissen
    Geheimnis/Geheimnisse Versprechen/Versprechen Gewitter/Gewitter Wetter/Wetter Eis/Eise Jahr/Jahre Jahrhundert/Jahrhunderte
    Alter/Alter Schicksal/Schicksale Gericht/Gerichte Gefängnis/Gefängnisse Kloster/Klöster Schloss/Schlösser
    Gewölbe/Gewölbe Grab/Gräber Kreuz/Kreuze Wunder/Wunder Gift/Gifte Werk/Werke Werkzeug/Werkzeuge Maß/Maße
    Gewicht/Gewichte Ding/Dinge Stück/Stücke Loch/Löcher Gebirge/Gebirge Moor/Moore Schilf/Schilfe`,
  ),
]);

/** Verbs that take an object. */
export const TRANSITIVE: readonly Verb[] = verbs(`
  sehen/sieht/sah finden/findet/fand kennen/kennt/kannte halten/hält/hielt suchen/sucht/suchte hören/hört/hörte
  nehmen/nimmt/nahm tragen/trägt/trug lieben/liebt/liebte verlieren/verliert/verlor bringen/bringt/brachte
  öffnen/öffnet/öffnete rufen/ruft/rief fürchten/fürchtet/fürchtete verlassen/verlässt/verließ brechen/bricht/brach
  gewinnen/gewinnt/gewann wecken/weckt/weckte bauen/baut/baute führen/führt/führte grüßen/grüßt/grüßte
  vergessen/vergisst/vergaß bewahren/bewahrt/bewahrte verstehen/versteht/verstand lesen/liest/las schreiben/schreibt/schrieb
  malen/malt/malte zeigen/zeigt/zeigte messen/misst/maß wägen/wägt/wog teilen/teilt/teilte kaufen/kauft/kaufte
  verkaufen/verkauft/verkaufte schenken/schenkt/schenkte stehlen/stiehlt/stahl verbergen/verbirgt/verbarg
  begraben/begräbt/begrub retten/rettet/rettete hassen/hasst/hasste loben/lobt/lobte tadeln/tadelt/tadelte
  fragen/fragt/fragte prüfen/prüft/prüfte lenken/lenkt/lenkte zwingen/zwingt/zwang binden/bindet/band lösen/löst/löste
  heben/hebt/hob werfen/wirft/warf fangen/fängt/fing jagen/jagt/jagte treffen/trifft/traf schlagen/schlägt/schlug
  heilen/heilt/heilte pflegen/pflegt/pflegte pflanzen/pflanzt/pflanzte ernten/erntet/erntete kochen/kocht/kochte
  trinken/trinkt/trank essen/isst/aß decken/deckt/deckte löschen/löscht/löschte zünden/zündet/zündete
  spiegeln/spiegelt/spiegelte zählen/zählt/zählte nennen/nennt/nannte ahnen/ahnt/ahnte wünschen/wünscht/wünschte
  meiden/meidet/mied dulden/duldet/duldete rühren/rührt/rührte stören/stört/störte trösten/tröstet/tröstete
  täuschen/täuscht/täuschte warnen/warnt/warnte begleiten/begleitet/begleitete erreichen/erreicht/erreichte
  überqueren/überquert/überquerte bewundern/bewundert/bewunderte verspotten/verspottet/verspottete`);

/** Verbs that stand alone. */
export const INTRANSITIVE: readonly Verb[] = verbs(`
  gehen/geht/ging kommen/kommt/kam stehen/steht/stand bleiben/bleibt/blieb schweigen/schweigt/schwieg
  schlafen/schläft/schlief lachen/lacht/lachte weinen/weint/weinte warten/wartet/wartete fallen/fällt/fiel
  steigen/steigt/stieg sinken/sinkt/sank leuchten/leuchtet/leuchtete brennen/brennt/brannte singen/singt/sang
  tanzen/tanzt/tanzte ruhen/ruht/ruhte wandern/wandert/wanderte eilen/eilt/eilte zögern/zögert/zögerte
  zittern/zittert/zitterte schweben/schwebt/schwebte fliegen/fliegt/flog reiten/reitet/ritt schwimmen/schwimmt/schwamm
  träumen/träumt/träumte erwachen/erwacht/erwachte leben/lebt/lebte sterben/stirbt/starb wachsen/wächst/wuchs
  blühen/blüht/blühte welken/welkt/welkte rauschen/rauscht/rauschte klingen/klingt/klang verstummen/verstummt/verstummte
  glänzen/glänzt/glänzte dämmern/dämmert/dämmerte frieren/friert/fror schmelzen/schmilzt/schmolz
  zürnen/zürnt/zürnte klagen/klagt/klagte beten/betet/betete irren/irrt/irrte fliehen/flieht/floh kämpfen/kämpft/kämpfte
  siegen/siegt/siegte wachen/wacht/wachte knien/kniet/kniete flüstern/flüstert/flüsterte hoffen/hofft/hoffte`);

/** Stems that take the endings of an adjective as they are. */
export const ADJECTIVES: readonly string[] = words(`
  alt neu groß klein gut still jung lang schön schwer leicht tief weit kalt warm hell fremd leer voll ganz frei treu arm
  reich stark schwach klug dumm fromm froh müde stumm taub blind wild zahm sanft hart weich rau glatt scharf stumpf süß
  herb grün blau rot gelb grau weiß schwarz golden silbern bleich bunt klar trüb rein feucht trocken heiß kühl eisig
  frisch welk reif roh fein grob dick dünn schmal breit steil flach krumm gerade rund eng nah fern früh spät letzt erst
  selten ewig kurz plötzlich heimlich offen geheim verborgen vergessen verloren gefunden zerbrochen verlassen erloschen
  ruhig heftig zornig mutig feige geduldig eifrig träge listig redlich ehrlich falsch wahr gerecht streng mild gnädig
  grausam freundlich traurig fröhlich ernst heiter seltsam wunderbar gewöhnlich einfach mächtig gering edel`);

export const ADVERBS: readonly string[] = words(`
  nun so noch nicht hier dann da immer schon nie wieder heute dort bald kaum doch nur wohl oft einst lange endlich gern
  vergebens zuletzt heimlich langsam plötzlich morgen gestern draußen drinnen droben drunten überall nirgends irgendwo
  rings umher allein gemeinsam leise laut sacht geschwind beinahe völlig gewiss vielleicht freilich dennoch trotzdem
  deshalb darum ringsum seither zugleich mitunter zuweilen jederzeit stets abermals fortan vorhin neulich`);

/** Prepositions that take the dative. */
export const PREPOSITIONS: readonly string[] = words(`
  in mit von vor auf an aus bei unter nach über zu hinter neben zwischen seit gegenüber`);

export const CONJUNCTIONS: readonly string[] = words(`
  und doch denn aber oder sondern`);

export const SUBJUNCTIONS: readonly string[] = words(`
  wenn dass als wie ob weil bis da während nachdem bevor sobald damit obwohl indem`);

export const PRONOUNS: readonly string[] = words(`
  er sie es man niemand jemand keiner jeder alles nichts einer mancher`);

export const MODALS: readonly string[] = words(`
  will kann muss soll mag darf wollte konnte musste sollte mochte durfte möchte`);

export const CALLS: readonly string[] = words(`
  ach o ja nein still horch fürwahr wohlan halt sieh genug weh gewiss lass fort herbei verzeih`);

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}

function nouns(gender: Noun["gender"], list: string): readonly Noun[] {
  return words(list).map((entry) => {
    const [singular = "", plural = ""] = entry.split("/");
    return { gender, singular, plural };
  });
}

function verbs(list: string): readonly Verb[] {
  return words(list).map((entry) => {
    const [infinitive = "", present = "", past = ""] = entry.split("/");
    return { infinitive, present, past };
  });
}

/** The first of each list, then the second of each: the frequent ones of all lists come first. */
function interleave<Item>(lists: ReadonlyArray<readonly Item[]>): readonly Item[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}
