import { NerError } from '../error.ts';
import { noUsage } from '../model/dialogue.ts';
import type { Answer, LanguageModel } from '../model/language-model.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Task, TaskKind } from '../prompting/task.ts';
import { inCall } from './telemetry/call.ts';
import { isWellFormed } from './well-formed.ts';

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
  /** How many members must give a usable answer in a stage for a document to go on. */
  readonly quorum: number;
  /** Is told of every call, also of those in a round that fails for want of a quorum. */
  readonly record?: (calls: readonly Call[]) => void;
  /** Whether telemetry may hold prompts and replies. Default: no. */
  readonly recordContent?: boolean;
}

/** What a member's vote weighs; 1 for those who are not of the ensemble. */
export function weightIn(ensemble: Ensemble): (modelId: string) => number {
  const weights = new Map(ensemble.members.map(({ model, weight }) => [model.id, weight]));
  return (modelId) => weights.get(modelId) ?? 1;
}

/** Those of an ensemble that are language models. */
export function languageModels(ensemble: Ensemble): Ensemble {
  const members = ensemble.members.filter(({ model }) => model.kind === undefined);
  return { ...ensemble, members, quorum: Math.min(ensemble.quorum, members.length) };
}

/** One task put to one model, as the trace keeps it. */
export interface Call {
  readonly stage: AskingStage;
  readonly modelId: string;
  /** Of a member that is no language model. */
  readonly kind?: LanguageModel['kind'];
  readonly dialect: string;
  readonly outcome: 'answered' | 'malformed' | 'refusal' | 'empty' | 'failed';
  /** For `failed`: what went wrong. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly exchanges: Answer['exchanges'];
  readonly usage: Usage;
  readonly durationMs: number;
  readonly cutOff: boolean;
  readonly droppedDemonstrations: number;
  /** Of an answer that was kept from before, with the usage and the duration of then. */
  readonly replayed?: true;
}

/** What a round of asking brought: the usable answers in the order of the ensemble, and the record of every call. */
export interface Round<K extends TaskKind> {
  readonly answers: readonly { readonly member: Member; readonly data: Extract<Answer<K>, { ok: true }>['data'] }[];
  readonly calls: readonly Call[];
}

/**
 * Puts one task to every member at once. A member that fails, or whose reply makes no sense, abstains.
 * @throws {NerError} `no-quorum` if fewer members answered than the quorum demands.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function askAll<K extends TaskKind>(
  ensemble: Ensemble,
  stage: AskingStage,
  task: Extract<Task, { kind: K }>,
  signal: AbortSignal,
): Promise<Round<K>> {
  const { recordContent = false } = ensemble;
  const asked = await Promise.all(
    ensemble.members.map((member) => inCall({ stage, model: member.model, recordContent }, () => ask(member, task, signal), signal)),
  );
  const answers = asked.flatMap(({ member, answer }) => (answer?.ok ? [{ member, data: answer.data }] : []));
  const calls = asked.map((one) => callOf(stage, one));
  ensemble.record?.(calls);
  const { quorum, members } = ensemble;
  // A tagger always answers; it must not hide that every language model has failed.
  const asksModels = members.some(({ model }) => model.kind === undefined);
  const answeredModels = answers.filter(({ member }) => member.model.kind === undefined).length;
  const isUnheard = quorum > 0 && asksModels && answeredModels === 0;
  if (answers.length < quorum || isUnheard) throw noQuorum(stage, { answered: answers.length, quorum, members: members.length }, asked);
  return { answers, calls };
}

interface Asked<K extends TaskKind> {
  readonly member: Member;
  readonly answer?: Answer<K>;
  readonly error?: NerError;
}

async function ask<K extends TaskKind>(member: Member, task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Asked<K>> {
  try {
    const answer = await member.model.answer<K>(task, signal);
    const isSound = !answer.ok || isWellFormed(task, answer.data);
    return { member, answer: isSound ? answer : { ...answer, ok: false, fault: 'malformed' } };
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
  const { id: modelId, kind, dialect } = member.model;
  const asked = { stage, modelId, ...(kind === undefined ? {} : { kind }), dialect };
  if (answer === undefined) {
    const details = error === undefined ? {} : { error: { code: error.detail.code, message: error.message } };
    const nothing = { exchanges: [], usage: noUsage, durationMs: 0, cutOff: false, droppedDemonstrations: 0 };
    return { ...asked, outcome: 'failed', ...details, ...nothing };
  }
  const { exchanges, usage, durationMs, cutOff, droppedDemonstrations, replayed } = answer;
  const record = { exchanges, usage, durationMs, cutOff, droppedDemonstrations, ...(replayed ? { replayed } : {}) };
  return { ...asked, outcome: answer.ok ? 'answered' : answer.fault, ...record };
}

function noQuorum(
  stage: AskingStage,
  { answered, quorum, members }: { readonly answered: number; readonly quorum: number; readonly members: number },
  asked: readonly Asked<TaskKind>[],
): NerError {
  const failures = asked.flatMap(({ member, answer, error }) => {
    if (error !== undefined) return [error];
    if (answer === undefined || answer.ok) return [];
    const modelId = member.model.id;
    return [new NerError(`The reply of ${modelId} is of no use: ${answer.fault}.`, { code: 'model-failed', modelId })];
  });
  const reasons = new Set(failures.map((failure) => failure.message));
  return new NerError(
    `Only ${answered} of ${members} models answered in the ${stage} stage; ${quorum} must. ${[...reasons].join(' ')}`,
    { code: 'no-quorum', stage, answered, quorum, failures },
    { cause: failures[0] },
  );
}

/** Whether a document failed because a prompt did not fit the context of every model that a quorum needs. */
export function isOverflow({ detail }: NerError): boolean {
  return detail.code === 'no-quorum' && detail.failures.some((failure) => failure.detail.code === 'context-overflow');
}
