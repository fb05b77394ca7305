/** Function words of English, in lower case, with what is left of contractions (`don't` is read as `don` and `t`). */
export const englishStopWords: ReadonlySet<string> = new Set(
  [
    'a an the this that these those some any each every either neither no all both another such',
    'i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself',
    'we us our ours ourselves they them their theirs themselves one who whom whose which what',
    'am is are was were be been being have has had having do does did doing done',
    'can could may might must shall should will would ought cannot',
    'and or but nor so yet if than because while although though unless until whether as',
    'of in on at by for with about against between among into through during before after above below to from up down',
    'out off over under within without upon toward towards since per via',
    'not only very too also just then there here when where why how again once further more most other same own few',
    's t d m ll re ve don didn doesn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ain',
  ].flatMap((line) => line.split(' ')),
);
