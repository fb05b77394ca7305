import type { ReplyFault } from './dialect.ts';

/**
 * The reply without the reasoning that some models write before it, in `<think>` tags; the opening tag may be missing, where the
 * model's template wrote it. Reasoning that never ends leaves nothing. A reply that begins as data is left alone, since its
 * strings may contain such tags.
 */
export function withoutThinking(reply: string): string {
  if (/^\s*[[{`]/.test(reply)) return reply;
  if (/^\s*<think(?:ing)?>/i.test(reply)) return reply.replace(/^[\s\S]*?(?:<\/think(?:ing)?>|$)/i, '');
  return reply.replace(/^[\s\S]*<\/think(?:ing)?>/i, '');
}

const refusals = [
  String.raw`(?:i am |i['’]m )?(?:(?:very |so )?sorry|unable|not able)\b`,
  String.raw`i (?:cannot|can not|can['’]t|could not|couldn['’]t|will not|won['’]t|must decline|apologi[sz]e)\b`,
  String.raw`(?:unfortunately|my apologies|as an ai)\b`,
  '很?抱歉|对不起|我无法|我不能|作为(?:一[个名])?(?:AI|人工智能)',
];
const refusal = new RegExp(String.raw`^[^\p{L}]*(?:${refusals.join('|')})`, 'iu');

/** Why a reply without readable data is of no use: there is nothing, a refusal in English or Chinese prose, or anything else. */
export function faultOf(reply: string): ReplyFault {
  const answer = withoutThinking(reply);
  if (answer.trim() === '') return 'empty';
  return refusal.test(answer) ? 'refusal' : 'malformed';
}

const anything = String.raw`(?!other|more|further|additional)(?:[\w-]+ ){0,3}(?:entit(?:y|ies)|mentions?)\b`;
const noneAtAll = new RegExp(
  String.raw`^\W*none\W*$|\bno ${anything}|(?:not|n['’]t|cannot) (?:find|see|identify|detect|contain|have|include|mention) any ${anything}`,
  'i',
);

/** Whether a short reply in English prose says that the text has no mentions: "There are no entities in this text." */
export function saysNone(reply: string): boolean {
  const answer = withoutThinking(reply).trim();
  return answer.length <= 200 && noneAtAll.test(answer);
}
