import { Raw } from '../text/raw.tsx';
import { exampleOf, kindOf, type OpenApi, type Operation, operationsOf, resolved, type Schema } from './openapi.ts';

/** What can be asked of the server, for people who write programs. */
export function Documentation({ api, address }: { readonly api: OpenApi; readonly address: string }) {
  const operations = operationsOf(api);
  return (
    <>
      <header>
        <h1>
          {api.info.title} {api.info.version}: the HTTP interface
        </h1>
        <p>{api.info.description}</p>
        <p>
          <a href="./">To the page</a>, <a href="openapi.json">the OpenAPI document</a>. A server that was started with EL4NER_TOKEN wants
          it as “authorization: Bearer …”.
        </p>
        <nav aria-label="Operations">
          <ul>
            {operations.map(({ method, path, summary }) => (
              <li key={method + path}>
                <a href={`#${idOf(method, path)}`}>{path}</a> <span class="quiet">{summary}</span>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        {operations.map((operation) => (
          <OperationArticle operation={operation} api={api} address={address} key={operation.method + operation.path} />
        ))}
      </main>
    </>
  );
}

/** A description, what is between backticks as code. */
function WithCode({ text = '' }: { readonly text?: string | undefined }) {
  return <>{text.split('`').map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}

function idOf(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^\w-]+/g, '-')}`;
}

function OperationArticle({ operation, api, address }: { readonly operation: Operation; readonly api: OpenApi; readonly address: string }) {
  const { method, path, summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return (
    <article id={idOf(method, path)}>
      <h2>
        <span class="method">{method}</span> <code>{path}</code>
      </h2>
      <p>
        {summary}. <WithCode text={description} />
      </p>
      {parameters.map(({ name, in: place }) => (
        <p key={name}>
          <code>{name}</code> <span class="quiet">in the {place}</span>
        </p>
      ))}
      <Raw label={`Example of ${method} ${path}`} text={curl({ method, url: address + path, body: body && exampleOf(body, api) })} />
      {body !== undefined && (
        <details open>
          <summary>
            <strong>Request</strong>
          </summary>
          <Fields schema={body} api={api} depth={0} />
        </details>
      )}
      <details>
        <summary>
          <strong>Responses</strong>
        </summary>
        {Object.entries(responses).map(([status, { description, content = {} }]) => (
          <div key={status}>
            <p>
              <code>{status}</code> {description} <span class="quiet">{Object.keys(content).join(', ')}</span>
            </p>
            {status.startsWith('2') &&
              Object.values(content).map(({ schema }) => schema && <Fields schema={schema} api={api} depth={0} key={status} />)}
          </div>
        ))}
      </details>
    </article>
  );
}

function curl({ method, url, body }: { readonly method: string; readonly url: string; readonly body: unknown }): string {
  const asked = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  if (body === undefined) return `curl -s${asked} ${url}`;
  return `curl -s ${url} -H 'content-type: application/json' \\\n  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
}

/** Schemas that refer to themselves would have no end. */
const deepest = 5;

function Fields({ schema, api, depth }: { readonly schema: Schema; readonly api: OpenApi; readonly depth: number }) {
  const parts = partsOf(schema, api);
  if (depth > deepest || parts.length === 0) return null;
  return (
    <dl class="fields">
      {parts.map(({ name, field, isRequired }) => {
        const { description, default: usual } = resolved(field, api);
        return (
          <div key={name}>
            <dt>
              <code>{name}</code> <span class="quiet">{kindOf(field, api)}</span> {isRequired && <strong class="quiet">required</strong>}
            </dt>
            <dd>
              <WithCode text={description} />
              {usual !== undefined && (
                <span class="quiet">
                  {' '}
                  Default: <code>{JSON.stringify(usual)}</code>
                </span>
              )}
              <Fields schema={field} api={api} depth={depth + 1} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** The fields of an object, of the items of a list, or of what else a value may be. */
function partsOf(schema: Schema, api: OpenApi): readonly { readonly name: string; readonly field: Schema; readonly isRequired: boolean }[] {
  const { properties, required = [], items, anyOf = [] } = resolved(schema, api);
  const own = Object.entries(properties ?? {}).map(([name, field]) => ({ name, field, isRequired: required.includes(name) }));
  return [...own, ...[items ?? [], anyOf].flat().flatMap((one) => partsOf(one, api))];
}
