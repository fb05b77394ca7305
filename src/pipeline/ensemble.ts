import { NerError } from '../error.ts';
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
  /** How many members must reply in a stage for a document to go on; at least 1. */
  readonly quorum: number;
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
  if (replied < Math.min(ensemble.quorum, ensemble.members.length) || replied === 0) throw noQuorum(stage, replied, ensemble, failures);
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
  const { id: modelId, dialect } = member.model;
  if (answer === undefined) {
    const nothing = {
      exchanges: [],
      usage: { promptTokens: 0, cachedTokens: 0, replyTokens: 0 },
      durationMs: 0,
      cutOff: false,
      droppedDemonstrations: 0,
    };
    const details = error === undefined ? {} : { error: { code: error.detail.code, message: error.message } };
    return { stage, modelId, dialect, outcome: 'failed', ...details, ...nothing };
  }
  const { exchanges, usage, durationMs, cutOff, droppedDemonstrations } = answer;
  return {
    stage,
    modelId,
    dialect,
    outcome: answer.ok ? 'answered' : answer.fault,
    exchanges,
    usage,
    durationMs,
    cutOff,
    droppedDemonstrations,
  };
}

function noQuorum(stage: AskingStage, answered: number, ensemble: Ensemble, failures: readonly NerError[]): NerError {
  const quorum = Math.min(ensemble.quorum, ensemble.members.length);
  const reasons = failures.map((failure) => failure.message).join(' ');
  return new NerError(
    `Only ${answered} of ${ensemble.members.length} models replied in the ${stage} stage; ${quorum} must. ${reasons}`,
    { code: 'no-quorum', stage, answered, quorum, failures },
    { cause: failures[0] },
  );
}
