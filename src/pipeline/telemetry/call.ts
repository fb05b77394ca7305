import { type Attributes, type Span, SpanKind } from '@opentelemetry/api';
import type { NerError } from '../../error.ts';
import type { Answer, LanguageModel } from '../../model/language-model.ts';
import { instruments } from './instruments.ts';
import { errorType, failSpan, inSpan } from './spans.ts';

interface AskedModel {
  readonly stage: string;
  readonly model: LanguageModel;
  /** Whether prompts, replies and messages of errors may be recorded. */
  readonly recordContent: boolean;
}

/** What came of it: one of the two. */
interface Asked {
  readonly answer?: Answer;
  readonly error?: NerError;
}

/**
 * Puts one task to one model within a span, and measures it, as the GenAI semantic conventions name things. A task that takes several prompts
 * is one operation.
 * @param ask - throws only when the signal is aborted.
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export function inCall<A extends Asked>(
  { stage, model, recordContent }: AskedModel,
  ask: () => Promise<A>,
  signal: AbortSignal,
): Promise<A> {
  const isLanguageModel = model.kind === undefined;
  const operation = isLanguageModel ? operationOf(model) : {};
  const name = isLanguageModel ? `chat ${operation['gen_ai.request.model']}` : `ask ${model.id}`;
  const own = { 'el4ner.stage.name': stage, 'el4ner.model.id': model.id, 'el4ner.model.dialect': model.dialect };
  const kind = isLanguageModel ? SpanKind.CLIENT : SpanKind.INTERNAL;
  return inSpan(
    name,
    { kind, attributes: { ...operation, ...own } },
    async (span) => {
      const started = performance.now();
      const asked = await ask();
      const { answer, error } = asked;
      const failure = error === undefined ? {} : { 'error.type': errorType(error, signal) };
      if (isLanguageModel && !answer?.replayed) {
        instruments().duration.record((performance.now() - started) / 1000, { ...operation, ...failure });
        if (answer !== undefined) countTokens(answer, operation);
      }
      if (error !== undefined) {
        span.setAttribute('el4ner.call.outcome', 'failed');
        failSpan(span, { type: errorType(error, signal), ...(recordContent ? { message: error.message } : {}) });
      }
      if (answer !== undefined && span.isRecording()) describe(span, answer, recordContent);
      return asked;
    },
    signal,
  );
}

/** What spans and metrics say of a model. */
function operationOf({ id, origin = { provider: 'custom', model: id } }: LanguageModel): Attributes {
  const { provider, model, server } = origin;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    ...(server === undefined ? {} : { 'server.address': server.address, 'server.port': server.port }),
  };
}

/** A model that tells no tokens is not counted as if it took none. */
function countTokens({ usage: { promptTokens, replyTokens } }: Answer, operation: Attributes): void {
  if (promptTokens === 0) return;
  const { tokens } = instruments();
  tokens.record(promptTokens, { ...operation, 'gen_ai.token.type': 'input' });
  tokens.record(replyTokens, { ...operation, 'gen_ai.token.type': 'output' });
}

function describe(span: Span, answer: Answer, recordContent: boolean): void {
  const { exchanges, usage, cutOff, droppedDemonstrations, replayed = false } = answer;
  span.setAttributes({
    'el4ner.call.outcome': answer.ok ? 'answered' : answer.fault,
    'el4ner.call.prompts': exchanges.length,
    'el4ner.call.cut_off': cutOff,
    'el4ner.call.dropped_demonstrations': droppedDemonstrations,
    'el4ner.call.cached': replayed,
  });
  if (exchanges.length > 0)
    span.setAttribute(
      'gen_ai.response.finish_reasons',
      exchanges.map(({ finishReason }) => finishReason),
    );
  if (!replayed && usage.promptTokens > 0) {
    span.setAttributes({
      'gen_ai.usage.input_tokens': usage.promptTokens,
      'gen_ai.usage.cache_read.input_tokens': usage.cachedTokens,
      'gen_ai.usage.output_tokens': usage.replyTokens,
    });
  }
  if (!recordContent) return;
  const parts = (content: string) => [{ type: 'text', content }];
  span.setAttributes({
    'gen_ai.input.messages': JSON.stringify(exchanges.map(({ prompt }) => ({ role: 'user', parts: parts(prompt) }))),
    'gen_ai.output.messages': JSON.stringify(
      exchanges.map(({ reply, finishReason }) => ({ role: 'assistant', parts: parts(reply), finish_reason: finishReason })),
    ),
  });
}
