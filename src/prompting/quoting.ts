/**
 * Text as data: ways to write a user's text into a prompt so that no server reads a control token of its chat template in it,
 * and to get the text back exactly.
 *
 * What counts as a control token goes by form, since every family of models has its own:
 * - `<` before `|`, `｜` or another `<`, or before anything without white space up to a `>`: `<|im_start|>`, `<｜User｜>`, `<<SYS>>`,
 *   `<s>`, `</think>`, `<start_of_turn>`. Markup such as `<b>` has the same form; `a < b`, `x<y` and `<3` do not.
 * - `[` before `|`, or before one word up to a `]` that has two capitals in a row or an underscore: `[INST]`, `[/INST]`, `[gMASK]`,
 *   `[CLS]`, `[control_8]`, `[|user|]`. `[1]`, `[sic]` and `[Smith]` do not have this form.
 */
const angleToken = String.raw`(?:\\*[|｜<]|[^\s<>]+>)`;
const squareToken = String.raw`\\*(?:\||(?=/?\w*(?:[A-Z]{2}|_))/?\w+\])`;

/** The first character of a control token, with `prefix` and then any number of backslashes behind that character. */
function opening(prefix: string): string {
  return String.raw`(?:<(?=${prefix}${angleToken})|\[(?=${prefix}${squareToken}))`;
}

const backslash = String.raw`\\`;
const jsonUnsafe = new RegExp(String.raw`${opening('')}|[\u007f-\u009f\u2028\u2029]`, 'g');
const unbroken = new RegExp(opening(''), 'g');
const broken = new RegExp(`(${opening(backslash)})${backslash}`, 'g');

/**
 * The text as a JSON string literal on one line; `JSON.parse` gives it back exactly. Letters of all scripts stay readable; control
 * characters, line and paragraph separators, lone surrogates and the first character of control tokens are `\u` escapes.
 */
export function quote(text: string): string {
  return JSON.stringify(text).replace(jsonUnsafe, escaped);
}

/**
 * Parts of a text spelled as `quote` spells a text, without quotation marks. A control token stays broken where its parts are put together
 * again.
 */
export function partQuoter(text: string): (start: number, end: number) => string {
  const unsafe = Array.from(text.matchAll(jsonUnsafe), ({ index }) => index);
  return (start, end) => {
    const within = unsafe.filter((index) => index >= start && index < end);
    const between = [start, ...within.map((index) => index + 1)].map((from, nth) => text.slice(from, within[nth] ?? end));
    return between
      .map((piece, nth) => JSON.stringify(piece).slice(1, -1) + (nth < within.length ? escaped(text.charAt(within[nth] ?? 0)) : ''))
      .join('');
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text with a backslash behind the first character of every control token: `[\CLS]`. One that is there already is doubled. */
export function breakControlTokens(text: string): string {
  return text.replace(unbroken, '$&\\');
}

/** The exact inverse of `breakControlTokens`; control tokens that are whole stay so. */
export function restoreControlTokens(text: string): string {
  return text.replace(broken, '$1');
}
