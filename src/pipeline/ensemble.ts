import { NerError } from '../error.ts';
import { noUsage } from '../model/dialogue.ts';
import type { Answer, LanguageModel } from '../model/language-model.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Task, TaskKind } from '../prompting/task.ts';

/** The stages of the pipeline in which models are asked. */
export type AskingStage = 'pre-extract' | 'extract' | 'classify' | 'verify' | 'joint';

/** A model of the ensemble and what its word counts when votes are equal. */
interface Member {
  readonly model: LanguageModel;
  /** Above 0. */
  readonly weight: number;
}

/** The models that decide together; their order breaks the last ties. */
export interface Ensemble {
  readonly members: readonly Member[];
  /** How many members must reply in a stage for a document to go on. A reply that makes no sense is one, too. */
  readonly quorum: number;
}

/** What a member's vote weighs; 1 for those who are not of the ensemble. */
export function weightIn(ensemble: Ensemble): (modelId: string) => number {
  const weights = new Map(ensemble.members.map(({ model, weight }) => [model.id, weight]));
  return (modelId) => weights.get(modelId) ?? 1;
}

/** One task put to one model, as the trace keeps it. */
export interface Call {
  readonly stage: AskingStage;
  readonly modelId: string;
  readonly dialect: string;
  readonly outcome: 'answered' | 'malformed' | 'refusal' | 'empty' | 'failed';
  /** For `failed`: what went wrong. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly exchanges: Answer['exchanges'];
  readonly usage: Usage;
  readonly durationMs: number;
  readonly cutOff: boolean;
  readonly droppedDemonstrations: number;
}

/** What a round of asking brought: the usable answers in the order of the ensemble, and the record of every call. */
export interface Round<K extends TaskKind> {
  readonly answers: readonly { readonly member: Member; readonly data: Extract<Answer<K>, { ok: true }>['data'] }[];
  readonly calls: readonly Call[];
}

/**
 * Puts one task to every member at once. A member that fails, or whose reply makes no sense, abstains.
 * @throws {NerError} `no-quorum` if fewer members replied than the quorum demands.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function askAll<K extends TaskKind>(
  ensemble: Ensemble,
  stage: AskingStage,
  task: Extract<Task, { kind: K }>,
  signal: AbortSignal,
): Promise<Round<K>> {
  const asked = await Promise.all(ensemble.members.map((member) => ask(member, task, signal)));
  const failures = asked.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const replied = asked.length - failures.length;
  if (replied < ensemble.quorum) throw noQuorum(stage, replied, ensemble, failures);
  return {
    answers: asked.flatMap(({ member, answer }) => (answer?.ok ? [{ member, data: answer.data }] : [])),
    calls: asked.map((one) => callOf(stage, one)),
  };
}

interface Asked<K extends TaskKind> {
  readonly member: Member;
  readonly answer?: Answer<K>;
  readonly error?: NerError;
}

async function ask<K extends TaskKind>(member: Member, task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Asked<K>> {
  try {
    return { member, answer: await member.model.answer<K>(task, signal) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { member, error: asNerError(member.model.id, thrown) };
  }
}

function asNerError(modelId: string, thrown: unknown): NerError {
  if (thrown instanceof NerError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NerError(`${modelId} failed: ${message}`, { code: 'model-failed', modelId }, { cause: thrown });
}

function callOf(stage: AskingStage, { member, answer, error }: Asked<TaskKind>): Call {
  const asked = { stage, modelId: member.model.id, dialect: member.model.dialect };
  if (answer === undefined) {
    const details = error === undefined ? {} : { error: { code: error.detail.code, message: error.message } };
    const nothing = { exchanges: [], usage: noUsage, durationMs: 0, cutOff: false, droppedDemonstrations: 0 };
    return { ...asked, outcome: 'failed', ...details, ...nothing };
  }
  const { exchanges, usage, durationMs, cutOff, droppedDemonstrations } = answer;
  return { ...asked, outcome: answer.ok ? 'answered' : answer.fault, exchanges, usage, durationMs, cutOff, droppedDemonstrations };
}

function noQuorum(stage: AskingStage, answered: number, ensemble: Ensemble, failures: readonly NerError[]): NerError {
  const { quorum } = ensemble;
  const reasons = failures.map((failure) => failure.message).join(' ');
  return new NerError(
    `Only ${answered} of ${ensemble.members.length} models replied in the ${stage} stage; ${quorum} must. ${reasons}`,
    { code: 'no-quorum', stage, answered, quorum, failures },
    { cause: failures[0] },
  );
}

/** Whether a document failed because a prompt did not fit the context of every model that a quorum needs. */
export function isOverflow({ detail }: NerError): boolean {
  return detail.code === 'no-quorum' && detail.failures.some((failure) => failure.detail.code === 'context-overflow');
}
