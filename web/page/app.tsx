import { useState } from 'preact/hooks';
import { HelpDialog } from './help-dialog.tsx';
import { TokenForm } from './token-form.tsx';
import { type Server, useServer } from './use-server.ts';
import { Workbench } from './workbench.tsx';

/** The whole page. */
export function App() {
  const server = useServer();
  const wantsToken = server.state === 'wants a token';
  const [isHelpOpen, setHelpOpen] = useState(false);
  return (
    <>
      <header class="top">
        <h1>el4ner</h1>
        <ServerState server={server} />
        <nav aria-label="Help">
          <button type="button" class="quiet-button" onClick={() => setHelpOpen(true)}>
            Keys
          </button>
          <a href="docs">For programs</a>
        </nav>
      </header>
      {wantsToken && <TokenForm problem={server.problem} onEnter={server.enter} />}
      {/* It stays behind the form: what the user works on is in it. */}
      <div hidden={wantsToken}>
        <Workbench server={server} />
      </div>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}

function ServerState({ server: { state, models, problem, refresh } }: { readonly server: Server }) {
  return (
    <p class="server-state" role="status">
      {state === 'asking' && 'Asking the server…'}
      {state === 'there' && `${models.length} ${models.length === 1 ? 'member' : 'members'}`}
      {state === 'away' && (
        <>
          <span class="no">{problem?.detail}</span>{' '}
          <button type="button" onClick={() => void refresh()}>
            Try again
          </button>
        </>
      )}
    </p>
  );
}
