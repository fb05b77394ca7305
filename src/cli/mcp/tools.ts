import { type CallToolResult, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import picocolors from 'picocolors';
import type { Recognition } from '../../pipeline/recognition.ts';
import { resultOf } from '../../pipeline/result.ts';
import type { Asked } from '../../server/service.ts';
import { renderSummary } from '../score/render.ts';
import { scorePairs } from '../score/scored-documents.ts';
import { summarize } from '../score/summary.ts';
import { textFormat } from '../text-format.ts';
import { about, absence, explanationOf } from './explanation.ts';
import { explainInput, explainOutput, extractInput, extractOutput, scoreInput, scoreOutput } from './schemas.ts';

const plain = picocolors.createColors(false);
/** Nothing is written but to the caller, and nobody else is asked than the server's models. */
const annotations = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

const onPool = 'With a pool (by its name, or labelled sentences), the models are shown the sentences of it that are most like the text.';

/** What the tools need of the process. */
export interface Work {
  /** Names of the pools that calls can name. */
  readonly pools: readonly string[];
  /** @throws what is to be told by {@link faultOf}. */
  recognize(asked: Asked & { readonly text: string }, signal: AbortSignal): Promise<Recognition>;
  /** What a caller is told of something that was thrown. */
  faultOf(error: unknown): string;
}

/** A server with the tools `extract`, `explain` and `score`. What goes wrong in them is a result with `isError`, whose text says what to do. */
export function createMcpServer(version: string, { pools, recognize, faultOf }: Work): McpServer {
  const server = new McpServer({ name: 'el4ner', version }, { instructions: instructionsFor(pools) });

  async function answer(
    { mcpReq: { signal } }: ServerContext,
    work: (signal: AbortSignal) => Promise<CallToolResult>,
  ): Promise<CallToolResult> {
    try {
      return await work(signal);
    } catch (error) {
      signal.throwIfAborted();
      return { content: [{ type: 'text', text: faultOf(error) }], isError: true };
    }
  }

  server.registerTool(
    'extract',
    {
      title: 'Find entities',
      description: `Finds the entities of a text, of types that you name and may define: person, drug, contract party … ${onPool}`,
      inputSchema: extractInput,
      outputSchema: extractOutput,
      annotations,
    },
    (input, context) =>
      answer(context, async (signal) => {
        const recognition = await recognize(input, signal);
        const { id: _, ...result } = resultOf(recognition, { trace: false });
        return told(await asText(recognition, false), result);
      }),
  );
  server.registerTool(
    'explain',
    {
      title: 'Explain entities',
      description: `Tells why mentions of a text were found or rejected: who proposed them, each vote, the verifiers' answers, and the demonstrations. ${onPool}`,
      inputSchema: explainInput,
      outputSchema: explainOutput,
      annotations,
    },
    ({ mention, ...asked }, context) =>
      answer(context, async (signal) => {
        const recognition = about(await recognize(asked, signal), mention);
        return told(`${absence(recognition, mention)}${await asText(recognition, true)}`, explanationOf(recognition));
      }),
  );
  server.registerTool(
    'score',
    {
      title: 'Score predictions',
      description: 'Precision, recall and F1 of predicted mentions against the right ones, over all types and for each.',
      inputSchema: scoreInput,
      outputSchema: scoreOutput,
      annotations,
    },
    ({ documents }, context) =>
      answer(context, async () => {
        const summary = summarize(
          'spans',
          scorePairs(
            documents.map((pair) => ({ text: '', ...pair })),
            'spans',
          ),
        );
        const { micro, macro, boundary, perType } = summary;
        return told(renderSummary(summary, plain), { micro, macro, boundary, perType });
      }),
  );
  return server;
}

function instructionsFor(pools: readonly string[]): string {
  return [
    'Named entity recognition by an ensemble of small language models on this machine.',
    'Offsets are UTF-16 code units, as in JavaScript; the end is after the last one.',
    pools.length === 0 ? 'There is no named pool; give labelled sentences with a call.' : `Named pools: ${pools.join(', ')}.`,
  ].join(' ');
}

/** A result for people and for programs. */
function told(text: string, data: object): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...data } };
}

async function asText(recognition: Recognition, trace: boolean): Promise<string> {
  async function* results(): AsyncGenerator<Recognition, void, undefined> {
    yield recognition;
  }
  const look = { types: [], several: false, trace, colours: plain, note: () => undefined };
  return (await Array.fromAsync(textFormat(results(), look))).join('');
}
