/**
 * Foreign text, safe to show: control characters, which could move a terminal's cursor or change its colours, become `�`.
 * Line feeds and tabs stay; CR LF becomes a line feed.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/[\p{Cc}--[\n\t]]/gv, '�');
}

/**
 * Foreign text in quotation marks on one line, cut at `limit` characters.
 * @param limit - in Unicode code points; default 60.
 */
export function quoted(text: string, limit = 60): string {
  const characters = Array.from(printable(text).replace(/\s+/g, ' '));
  return characters.length <= limit ? `"${characters.join('')}"` : `"${characters.slice(0, limit).join('')}…"`;
}
