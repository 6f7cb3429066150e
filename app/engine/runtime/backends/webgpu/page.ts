/// <reference types="@webgpu/types" />
/**
 * The hidden window's page: the GPUs that Chromium gives, to the engine in its own process, by a message port that the
 * main process hands to both. Dawn for Node maps buffers from outside V8's memory, which Electron does not allow.
 */
import { adapterFacts } from './adapter-facts';
import { listAdapters, type GpuHost } from './gpu-host';
import { LocalGpu } from './local-gpu';
import { serveGpu } from './remote-gpu';
import type { WebRuntime } from './standard-segment';

/** What of a page this file needs: the project is checked without the DOM. */
interface PortEvent {
  readonly data: unknown;
  readonly ports: readonly PagePort[];
}
interface PagePort {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  addEventListener(type: 'close', listener: () => void): void;
}
interface Page {
  readonly navigator: { readonly gpu?: GPU };
  addEventListener(type: 'message', listener: (event: PortEvent) => void): void;
}

/** As the preload says it. */
const PORT_MESSAGE = 'clearcut:gpu-port';

const page = globalThis as unknown as Page;

const host: GpuHost = {
  list: async () => {
    const { gpu } = page.navigator;
    return gpu ? listAdapters(gpu, (adapter) => adapterFacts(adapter)) : [];
  },
  loadRuntime: async () => {
    const runtime = (await import('onnxruntime-web/webgpu')) as WebRuntime & {
      readonly env: { readonly wasm: { numThreads?: number } };
    };
    // Its code only drives the GPU.
    runtime.env.wasm.numThreads = 1;
    return runtime;
  },
};

page.addEventListener('message', ({ data, ports: [port] }) => {
  if (data !== PORT_MESSAGE || !port) return;
  serveGpu(
    {
      post: (message) => {
        port.postMessage(message);
      },
      on: (listener) => {
        port.onmessage = (event) => {
          listener(event.data);
        };
      },
      onClosed: (listener) => {
        port.addEventListener('close', listener);
      },
    },
    new LocalGpu(host),
  );
});
