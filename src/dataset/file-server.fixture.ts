import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came. */
interface ServedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
}

/** Answers one request in place of the files. */
type StagedAnswer = (response: ServerResponse, request: ServedRequest) => void;

/** A running server; disposing of it closes its port and all connections. */
export interface FileServer extends AsyncDisposable {
  /** For example `http://127.0.0.1:34567`. */
  readonly url: string;
  readonly requests: readonly ServedRequest[];
  /** One answer for each of the next requests. */
  stage(...answers: readonly StagedAnswer[]): void;
  /** What a path gives from now on. */
  put(path: string, content: string | Uint8Array): void;
}

/**
 * Serves files on 127.0.0.1, with strong ETags and ranges as web servers have them.
 * @param files - content by path, for example `{ '/a.txt': 'A' }`; every other path is 404.
 */
export async function serveFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<FileServer> {
  const contents = new Map(Object.entries(files));
  const requests: ServedRequest[] = [];
  const staged: StagedAnswer[] = [];
  const server = createServer((incoming, response) => {
    const request = { path: incoming.url ?? '', headers: incoming.headers, atMs: performance.now() };
    requests.push(request);
    const answer = staged.shift();
    if (answer === undefined) sendFile(response, request, contents.get(request.path));
    else answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, so that this is no path
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stage: (...answers) => void staged.push(...answers),
    put: (path, content) => void contents.set(path, content),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendFile(response: ServerResponse, { headers }: ServedRequest, content: string | Uint8Array | undefined): void {
  if (content === undefined) {
    response.writeHead(404).end('nothing here');
    return;
  }
  const bytes = Buffer.from(content);
  const etag = etagOf(content);
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (from === 0 || headers['if-range'] !== etag) response.writeHead(200, { 'content-length': bytes.length, etag }).end(bytes);
  else if (from >= bytes.length) response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  else {
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-range': range, 'content-length': bytes.length - from, etag }).end(bytes.subarray(from));
  }
}

function etagOf(content: string | Uint8Array): string {
  return `"${Buffer.from(content).toString('base64url').slice(-40)}"`;
}

/** Announces all of a content, sends its first `bytes`, and hangs up as soon as they were surely read. */
export function cutAfter(
  content: string,
  bytes: number,
  headers: Readonly<Record<string, string>> = { etag: etagOf(content) },
): StagedAnswer {
  return (response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(content), ...headers });
    // At once, what the client has not read yet would be lost with the connection; a busy machine takes its time to read.
    response.write(Buffer.from(content).subarray(0, bytes), () => setTimeout(() => response.destroy(), 250));
  };
}

/** Answers with a status alone. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): StagedAnswer {
  return (response) => void response.writeHead(code, headers).end('a page for people');
}
