/** Documents far from the window are not drawn; they are looked at in lots, since a browser looks at all that is observed in each frame. */
export interface LotWatch {
  /** Sizes of lots are guessed by how many of their documents are shown; those of which none is shown are hidden. */
  fit(): void;
}

/** How far from the window a lot is looked into, … */
const lotMargin = '1500px';
/** … and a document is near. */
const margin = '600px';
/** Guess for a document that was never drawn. */
const documentRem = 9;

/**
 * Watches which documents are near the window.
 * @param lots - elements that hold articles.
 * @param onNear - is told of each that comes near, …
 * @param onFar - … or goes away.
 */
export function watchLots(lots: readonly HTMLElement[], onNear: (article: Element) => void, onFar: (article: Element) => void): LotWatch {
  const articlesOf = new Map<Element, readonly HTMLElement[]>(lots.map((lot) => [lot, [...lot.querySelectorAll('article')]]));
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) (isIntersecting ? onNear : onFar)(target);
    },
    { rootMargin: margin },
  );
  const inReach = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        for (const article of articlesOf.get(target) ?? []) {
          if (isIntersecting) near.observe(article);
          else {
            near.unobserve(article);
            onFar(article);
          }
        }
      }
    },
    { rootMargin: lotMargin },
  );
  for (const lot of lots) inReach.observe(lot);
  return {
    fit() {
      for (const lot of lots) {
        const articles = articlesOf.get(lot) ?? [];
        const shown = articles.filter(({ hidden }) => !hidden).length;
        lot.hidden = shown === 0;
        const size = `${shown * documentRem}rem`;
        lot.style.containIntrinsicSize = shown === articles.length ? `auto ${size}` : size;
      }
    },
  };
}
