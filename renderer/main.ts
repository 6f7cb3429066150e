import './no-eval';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import type { ClearcutApi } from '../app/shared';
import App from './components/App.svelte';
import { runCommand } from './components/shortcuts';
import { WebHost } from './host/web-host';
import { Workspace } from './state/workspace';

declare global {
  interface Window {
    /** Put there by the desktop's preload; a browser has none. */
    readonly clearcut?: ClearcutApi;
  }
}

const host = window.clearcut ?? new WebHost();
const workspace = new Workspace(host);
host.onCommand((command) => {
  runCommand(workspace, command);
});
mount(App, { target: document.body, props: { workspace } });
void workspace.begin();
