const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Tells where the grapheme cluster begins that holds a position of the text, which is the position itself if it lies between two
 * clusters or at an end of the text. A cluster is what a reader takes for one character: a letter with its marks, a ZWJ emoji, a flag.
 * @see Unicode Standard Annex 29, "Grapheme Cluster Boundaries" (extended)
 */
export function clusterStarts(text: string): (at: number) => number {
  let segments: Intl.Segments | undefined;
  return (at) => {
    if (at <= 0 || at >= text.length || isPlainBoundary(text.charCodeAt(at - 1), text.charCodeAt(at))) return at;
    segments ??= segmenter.segment(text);
    return segments.containing(at)?.index ?? at;
  };
}

/** Below the first combining mark (U+0300) only CR LF is a cluster of two. */
function isPlainBoundary(before: number, after: number): boolean {
  return before < 0x300 && after < 0x300 && !(before === 0x0d && after === 0x0a);
}
