import { render } from 'preact';
import { Documentation } from './documentation.tsx';
import type { OpenApi } from './openapi.ts';

const element = document.getElementById('app');
if (element !== null) {
  element.replaceChildren();
  try {
    const response = await fetch('openapi.json');
    const api = (await response.json()) as OpenApi; // the server's own
    render(<Documentation api={api} address={new URL('.', location.href).href.replace(/\/$/, '')} />, element);
  } catch {
    render(<p role="alert">The server does not answer. Is “el4ner serve” still running?</p>, element);
  }
}
