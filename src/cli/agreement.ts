import type { NerError } from '../error.ts';
import { agreement, type MemberAgreement } from '../experiment/agreement.ts';
import { sampleSentences } from '../experiment/experiment.ts';
import { type ObservedSentence, observe } from '../pipeline/observation.ts';
import { silence } from '../pipeline/recognition.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodeAfter } from './exit-code.ts';
import type { AgreementFlags } from './flags.ts';
import { openRecognizer, openSource } from './open-recognizer.ts';
import { alignedTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { checkSeveral, noteUnread, readFreshTexts } from './texts.ts';

/**
 * `el4ner agreement`: how far the members agree about texts without labels, and the weights that follow for their votes.
 * @throws {NerError} `usage` for an ensemble of one, and where there is no text to read.
 */
export async function agreementCommand(flags: AgreementFlags, terminal: Terminal): Promise<ExitCode> {
  const { texts: path, sample, seed, json, ...asked } = flags;
  await using opened = new AsyncDisposableStack();
  const source = await openSource(asked, opened, terminal);
  const texts = sampleSentences(await readFreshTexts(path, source), sample, seed);
  // Nobody's word is to be lost to the decision of all, and verdicts say nothing of what a member finds.
  const { recognizer } = await openRecognizer({ ...asked, decision: 'votes', verifier: 'nobody' }, source, opened, terminal);
  checkSeveral(recognizer);
  const failures: NerError[] = [];
  const read: ObservedSentence[] = [];
  for await (const recognition of recognizer.recognizeAll(texts, terminal)) {
    const error = recognition.status === 'failed' ? recognition.error : silence(recognition);
    if (error !== undefined) failures.push(error);
    else if (recognition.status === 'recognized') read.push(observe(recognition, []));
    terminal.progress(`Reading: ${read.length + failures.length} of ${counted(texts.length, 'text')}`);
  }
  noteUnread(failures, terminal);
  if (read.length === 0) return exitCodeAfter(failures, 0);
  const members = agreement(read, recognizer.models);
  await terminal.print(json ? `${JSON.stringify({ texts: read.length, members }, null, 2)}\n` : summary(members, read.length, flags));
  return exitCodeAfter(failures, read.length);
}

function summary(members: readonly MemberAgreement[], texts: number, { pool, types }: AgreementFlags): string {
  const others = Object.entries({ pool, types }).flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${value}`]));
  const rows = members.map((member) => [member.id, ...member.with.map(percent), member.weight.toFixed(2)]);
  const columns = members.map((_, at) => at + 1);
  const weights = members.map(({ weight }) => Math.max(0.01, weight).toFixed(2));
  return [
    `Strict F1 of each member's mentions against each other member's, in ${counted(texts, 'text')}:`,
    '',
    ...alignedTable([['member', ...members.map(({ id }) => id), 'weight'], ...rows], { right: [...columns, members.length + 1] }),
    '',
    `el4ner extract${others.join('')} --models ${members.map(({ id }) => id).join(',')} --weights ${weights.join(',')}`,
    '',
  ].join('\n');
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
