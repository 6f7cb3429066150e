import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageHeaders, readAsset } from '../../app/host';
import {
  HybridSession,
  kernelOperators,
  processKernels,
  RemoteGpu,
  type OpenGpu,
} from '../../app/engine/runtime';
import { findModel, onHost, readModelFile, type HostTensor, type KeptTensor } from '../../app/engine/runtime';
import { browse, chromiumPath, type Browsing } from '../support/chromium';
import { toyNetwork } from '../support/toy-network';

const root = fileURLToPath(new URL('../../out/renderer/', import.meta.url));

/** Chromium with the software driver that it brings. */
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--no-first-run', '--disable-background-networking'],
  ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
];

/** What crosses to the page is text: typed arrays as their type and base64. */
function toText(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return {
      array: value.constructor.name,
      bytes: bytes.toString('base64'),
    };
  });
}

function fromText(text: string): unknown {
  return JSON.parse(text, (_, value: { array?: string; bytes?: string } | null) => {
    if (value?.array === undefined) return value;
    const bytes = Buffer.from(value.bytes ?? '', 'base64');
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const classes: Record<string, new (buffer: ArrayBuffer) => unknown> = {
      Uint8Array,
      Uint16Array,
      Float32Array,
    };
    const Class = classes[value.array];
    if (!Class) throw new Error(`no class ${value.array}`);
    return new Class(copy);
  });
}

/** The same in the page, which hands a port to its own script as the preload does. */
const PAGE_SIDE = `
  const { port1, port2 } = new MessageChannel();
  window.tell = (text) => port1.postMessage(JSON.parse(text, (_, value) => {
    if (!value || value.array === undefined) return value;
    const bytes = Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0));
    return new globalThis[value.array](bytes.buffer);
  }));
  port1.onmessage = ({ data }) => window.told(JSON.stringify(data, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let letters = '';
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return { array: value.constructor.name, bytes: btoa(letters) };
  }));
  window.postMessage('clearcut:gpu-port', location.origin, [port2]);
`;

function picture(width: number, height: number, seed: number, channels = 1): HostTensor {
  const data = Float32Array.from({ length: channels * width * height }, (_, at) =>
    Math.fround(0.5 + 0.3 * Math.sin(at / 5 + seed) + ((at * 7919) % 31) / 310),
  );
  return { type: 'float32', dims: [1, channels, height, width], data };
}

describe.skipIf(chromiumPath === null)('the hidden window’s page', () => {
  let server: Server;
  let browsing: Browsing;
  let gpu: RemoteGpu;
  let device: OpenGpu;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://host').pathname;
      void readAsset(root, path).then((asset) => {
        const type = asset ? { 'content-type': asset.type } : {};
        response.writeHead(asset ? 200 : 404, { ...pageHeaders({ webAssembly: true }), ...type });
        response.end(asset?.bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browsing = await browse({}, ARGUMENTS);
    const { page } = browsing;
    const listeners: ((message: unknown) => void)[] = [];
    await page.exposeFunction('told', (text: string) => {
      for (const listener of listeners) listener(fromText(text));
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/gpu.html`);
    await page.evaluate(PAGE_SIDE);
    gpu = new RemoteGpu({
      post: (message) => {
        // A closed page hears nothing, which its end has told already.
        page.evaluate(`window.tell(${JSON.stringify(toText(message))})`).catch(() => undefined);
      },
      on: (listener) => listeners.push(listener),
      onClosed: (listener) => page.once('close', listener),
    });
    const [adapter] = await gpu.adapters();
    expect(adapter).toMatchObject({ software: true });
    device = await gpu.open(adapter!.name);
  });
  afterAll(async () => {
    await browsing.close();
    server.close();
  });

  it('runs a shipped network as the processor does, bit for bit', async () => {
    const model = await findModel(2, 'addersr-fast-x2');
    const bytes = await readModelFile(model.folder, model.manifest);
    const cpu = await HybridSession.create(bytes, {
      threads: 1,
      operators: kernelOperators(processKernels()),
    });
    const feeds = { y: picture(19, 11, 1) };
    const session = await device.openModel(Uint8Array.from(bytes));
    const { y_up: got } = await session.run(feeds);
    const { y_up: wanted } = await cpu.run(feeds);
    expect(got && onHost(got).data).toEqual(wanted?.data);
    await session.close();
    await cpu.close();
  });

  it('runs what is standard by onnxruntime, and breaks no rule of its content policy', async () => {
    const { model, manifest } = toyNetwork();
    const cpu = await HybridSession.create(model, {
      threads: 1,
      operators: kernelOperators(processKernels()),
    });
    const names = [...manifest.inputs.map(({ name }) => name), 'state.frame', 'state.middle'];
    const feeds = Object.fromEntries(names.map((name, seed) => [name, picture(16, 8, seed, 3)]));
    const session = await device.openModel(Uint8Array.from(model));
    const wanted = Object.entries(await cpu.run(feeds));
    const got = await session.run(feeds);
    // And with states that stay in the page's process.
    const { 'next.frame': kept, ...rest } = await session.run(feeds, ['next.frame']);
    expect(kept).toEqual({ type: 'float32', dims: [1, 3, 8, 16], kept: expect.any(Number) as number });
    const again = await session.run({ ...feeds, previous: kept! });
    expect(onHost(again['next.frame']!).data).toEqual(onHost(got['next.frame']!).data);
    for (const [name, { data }] of wanted)
      for (const results of [got, again, ...(name in rest ? [rest] : [])])
        data.forEach((value, at) => {
          expect(Math.abs(Number(onHost(results[name]!).data[at]) - Number(value))).toBeLessThan(1e-5);
        });
    await session.release([kept as KeptTensor]);
    await expect(session.run({ ...feeds, previous: kept! })).rejects.toMatchObject({ code: 'device-lost' });
    await session.close();
    await cpu.close();
    expect(browsing.complaints).toEqual([]);
  });

  it('tells that its devices are gone when it ends', async () => {
    await browsing.page.close();
    expect(await device.isLost()).toBe(true);
    await expect(gpu.open('any')).rejects.toMatchObject({ code: 'device-lost' });
  });
});
