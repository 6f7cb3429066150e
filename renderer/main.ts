import './no-eval';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import type { ClearcutApi } from '../app/shared';
import App from './components/App.svelte';
import { WebHost } from './host/web-host';
import { Workspace } from './state/workspace.svelte';

declare global {
  interface Window {
    /** Put there by the desktop's preload; a browser has none. */
    readonly clearcut?: ClearcutApi;
  }
}

const workspace = new Workspace(window.clearcut ?? new WebHost());
mount(App, { target: document.body, props: { workspace } });
void workspace.begin();
