import type { Span } from '../../src/document/span.ts';

/** The part of a marked text that is selected in the browser, in UTF-16 code units of the text; `undefined` if none is. */
export function selectedSpan(element: Element): Span | undefined {
  const selection = element.ownerDocument.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !element.contains(range.endContainer)) return undefined;
  const [start, end] = [offsetOf(element, range.startContainer, range.startOffset), offsetOf(element, range.endContainer, range.endOffset)];
  return start < end ? { start, end } : undefined;
}

/** How much of the text lies before a place in the document; the types at the mentions are no text. */
function offsetOf(element: Element, container: Node, offset: number): number {
  const before = element.ownerDocument.createRange();
  before.setStart(element, 0);
  before.setEnd(container, offset);
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let length = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!before.intersectsNode(node)) break;
    if (node.parentElement?.closest('[data-tag]') != null) continue;
    length += node === container ? offset : (node.nodeValue?.length ?? 0);
  }
  return length;
}
