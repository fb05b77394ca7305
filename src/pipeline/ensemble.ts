import { NerError } from '../error.ts';
import { noUsage } from '../model/dialogue.ts';
import type { Answer, LanguageModel } from '../model/language-model.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Task, TaskKind } from '../prompting/task.ts';
import { inCall } from './telemetry/call.ts';
import type { Voting } from './vote.ts';
import { isWellFormed } from './well-formed.ts';

/** The stages of the pipeline in which models are asked. */
export type AskingStage = 'pre-extract' | 'extract' | 'classify' | 'verify' | 'joint';

/** A model of the ensemble and what its word counts when votes are equal. */
export interface Member {
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

/** Usable answers to a task, and whose they are. */
export type Answers<K extends TaskKind> = readonly { readonly member: Member; readonly data: Extract<Answer<K>, { ok: true }>['data'] }[];

/** What a round of asking brought: the usable answers in the order of the ensemble, and the record of every call. */
export interface Round<K extends TaskKind> {
  readonly answers: Answers<K>;
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
  return conclude(ensemble, stage, await askEach(ensemble.members, { ...ensemble, stage, task }, signal));
}

/** A task, and what tells whether enough has been said. */
export interface Question<K extends TaskKind> {
  readonly task: Extract<Task, { kind: K }>;
  /** In a hard vote, members count alike. */
  readonly voting: Voting;
  /** Whether whatever `rest` says, or leaves unsaid, changes nothing that follows from `answers`. */
  readonly isSettled: (answers: Answers<K>, rest: readonly Member[]) => boolean;
}

/**
 * Puts a task to the weightiest members, as few at once as could settle it, and on to the others for as long as it is not settled. Answers and calls
 * are in the order of the ensemble.
 * @throws as {@link askAll}.
 */
export async function askUntilSettled<K extends TaskKind>(
  ensemble: Ensemble,
  stage: AskingStage,
  { task, voting, isSettled }: Question<K>,
  signal: AbortSignal,
): Promise<Round<K>> {
  const { members, quorum } = ensemble;
  const weightOf = (some: readonly Member[]) => (voting === 'hard' ? some.length : totalWeight(some));
  let rest: readonly Member[] = voting === 'hard' ? members : members.toSorted((a, b) => b.weight - a.weight);
  let asked: readonly Asked<K>[] = [];
  do {
    const missing = quorum - answersOf(asked).length;
    const last = rest.findIndex((_, at) => at + 1 >= missing && weightOf(rest.slice(0, at + 1)) > weightOf(rest.slice(at + 1)));
    const group = last < 0 ? rest : rest.slice(0, last + 1);
    asked = [...asked, ...(await askEach(group, { ...ensemble, stage, task }, signal))];
    rest = rest.slice(group.length);
  } while (rest.length > 0 && !(hasQuorum(ensemble, answersOf(asked)) && isSettled(answersOf(asked), rest)));
  const inOrder = asked.toSorted((a, b) => members.indexOf(a.member) - members.indexOf(b.member));
  return conclude(ensemble, stage, inOrder);
}

/** What several members weigh together. */
export function totalWeight(members: readonly Member[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0);
}

function askEach<K extends TaskKind>(
  members: readonly Member[],
  {
    stage,
    task,
    recordContent = false,
  }: Pick<Ensemble, 'recordContent'> & Pick<Call, 'stage'> & { readonly task: Extract<Task, { kind: K }> },
  signal: AbortSignal,
): Promise<readonly Asked<K>[]> {
  return Promise.all(
    members.map((member) => inCall({ stage, model: member.model, recordContent }, () => ask(member, task, signal), signal)),
  );
}

function conclude<K extends TaskKind>(ensemble: Ensemble, stage: AskingStage, asked: readonly Asked<K>[]): Round<K> {
  const answers = answersOf(asked);
  const calls = asked.map((one) => callOf(stage, one));
  ensemble.record?.(calls);
  if (!hasQuorum(ensemble, answers)) throw noQuorum(stage, ensemble, { answered: answers.length, asked });
  return { answers, calls };
}

/** A tagger always answers; it must not hide that every language model has failed. */
function hasQuorum({ quorum, members }: Ensemble, answers: Answers<TaskKind>): boolean {
  const isModel = ({ model }: Member) => model.kind === undefined;
  const isUnheard = quorum > 0 && members.some(isModel) && !answers.some(({ member }) => isModel(member));
  return answers.length >= quorum && !isUnheard;
}

function answersOf<K extends TaskKind>(asked: readonly Asked<K>[]): Answers<K> {
  return asked.flatMap(({ member, answer }) => (answer?.ok ? [{ member, data: answer.data }] : []));
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
  { quorum, members }: Ensemble,
  { answered, asked }: { readonly answered: number; readonly asked: readonly Asked<TaskKind>[] },
): NerError {
  const failures = asked.flatMap(({ member, answer, error }) => {
    if (error !== undefined) return [error];
    if (answer === undefined || answer.ok) return [];
    const modelId = member.model.id;
    return [new NerError(`The reply of ${modelId} is of no use: ${answer.fault}.`, { code: 'model-failed', modelId })];
  });
  const reasons = new Set(failures.map((failure) => failure.message));
  return new NerError(
    `Only ${answered} of ${members.length} models answered in the ${stage} stage; ${quorum} must. ${[...reasons].join(' ')}`,
    { code: 'no-quorum', stage, answered, quorum, failures },
    { cause: failures[0] },
  );
}

/** Whether a document failed because a prompt did not fit the context of every model that a quorum needs. */
export function isOverflow({ detail }: NerError): boolean {
  return detail.code === 'no-quorum' && detail.failures.some((failure) => failure.detail.code === 'context-overflow');
}
