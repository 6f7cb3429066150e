import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { STILL_EXTENSIONS, VIDEO_EXTENSIONS } from '../../app/shared';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);

interface Configuration {
  readonly appId: string;
  readonly icon: string;
  /** As electron-builder normalises them. */
  readonly files: readonly { readonly filter: readonly string[] }[];
  readonly asarUnpack: readonly string[];
  readonly extraResources: readonly { readonly from: string; readonly to: string }[];
  readonly fileAssociations: readonly { readonly ext: string | readonly string[] }[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
}

/** electron-builder's own reader and checker of its configuration. */
interface ConfigModule {
  getConfig(project: string, file: string, overrides: null): Promise<Configuration>;
  validateConfiguration(
    configuration: Configuration,
    logger: { add(): void; isEnabled: boolean },
  ): Promise<void>;
}

const bundles = (folder: string): string[] =>
  readdirSync(join(root, folder)).map((name) => readFileSync(join(root, folder, name), 'utf8'));

describe('the packages', () => {
  let library: ConfigModule;
  let configuration: Configuration;
  beforeAll(async () => {
    const builder = createRequire(require.resolve('electron-builder'));
    library = builder('app-builder-lib/out/util/config/config') as ConfigModule;
    configuration = await library.getConfig(root, 'electron-builder.yml', null);
  });

  it('are described in words that electron-builder knows', async () => {
    await library.validateConfiguration(configuration, { add: () => undefined, isEnabled: false });
    const wrong = { ...configuration, filez: [] };
    await expect(
      library.validateConfiguration(wrong, { add: () => undefined, isEnabled: false }),
    ).rejects.toThrow('filez');
  });

  it('take along files that are there', () => {
    const named = [
      configuration.icon,
      ...configuration.files.flatMap(({ filter }) => filter).filter((pattern) => !pattern.startsWith('!')),
      ...configuration.asarUnpack,
      ...configuration.extraResources.map(({ from }) => from),
    ];
    for (const pattern of named) {
      const fixed = pattern.slice(0, pattern.includes('*') ? pattern.indexOf('*') : undefined);
      // Optional packages may be missing on this system, the addon where there is no compiler.
      if (/ffmpeg-static|kernels\/build/.test(fixed)) continue;
      expect(existsSync(join(root, fixed)), pattern).toBe(true);
    }
  });

  it('put models and kernels where the engine looks for them', () => {
    const targets = configuration.extraResources.map(({ to }) => to);
    const engine = bundles('out/main').join('\n');
    expect(targets).toEqual(['models', 'clearcut-kernels.node']);
    expect(engine).toMatch(/join\(resourcesPath, "models"\)/);
    expect(engine).toContain('"clearcut-kernels.node"');
  });

  it('hold onnxruntime once on a Mac, under the name that it is asked for by', () => {
    const folder = join(root, 'node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64');
    const binding = readFileSync(join(folder, 'onnxruntime_binding.node'), 'latin1');
    const asked = [...new Set(binding.match(/libonnxruntime[\w.]*\.dylib/g))];
    // As electron-builder.yml leaves out libonnxruntime.1.*.*.dylib.
    const carried = readdirSync(folder).filter((name) => !/^libonnxruntime\.1\..*\..*\.dylib$/.test(name));
    expect(asked).toEqual(carried.filter((name) => name.endsWith('.dylib')));
  });

  it('hold every package that the bundles ask for', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const asked = new Set<string>();
    for (const code of bundles('out/main')) {
      const imports = code.matchAll(/^import [^"]*"([^"./][^"]*)"|\bimport\("([^"./][^"]*)"\)/gm);
      for (const [, stated, lazy] of imports) {
        const name = stated ?? lazy;
        if (name !== undefined && !isBuiltin(name)) asked.add(name);
      }
    }
    asked.delete('electron');
    // Chromium brings its own; only the command line and serve, which run outside Electron, load it.
    asked.delete('webgpu');
    const missing = [...asked].filter((name) => {
      const [scope, rest] = name.split('/');
      return !Object.hasOwn(
        dependencies,
        name.startsWith('@') ? `${scope ?? ''}/${rest ?? ''}` : (scope ?? ''),
      );
    });
    expect(missing).toEqual([]);
    expect([...asked]).toContain('onnxruntime-node');
  });

  it('name themselves to Windows as the running app does', () => {
    expect(bundles('out/main').join('\n')).toContain(`setAppUserModelId("${configuration.appId}")`);
  });

  it('offer to open what the app opens, and shut the back doors of Electron', () => {
    const extensions = configuration.fileAssociations.flatMap(({ ext }) => ext);
    const known = [...VIDEO_EXTENSIONS, ...STILL_EXTENSIONS];
    expect(extensions.filter((extension) => !known.includes(extension))).toEqual([]);
    expect(configuration.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});

describe('the workflow that makes them', () => {
  it('runs scripts that are there, on the three systems, and publishes nothing', () => {
    const builder = createRequire(require.resolve('electron-builder'));
    const yaml = builder('js-yaml') as { load(text: string): unknown };
    const workflow = yaml.load(readFileSync(join(root, '.github/workflows/packages.yml'), 'utf8')) as {
      permissions: Record<string, string>;
      jobs: Record<
        string,
        {
          strategy: { matrix: { include: readonly { os: string }[] } };
          steps: readonly { run?: string; uses?: string }[];
        }
      >;
    };
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [job] = Object.values(workflow.jobs);
    const systems = job?.strategy.matrix.include.map(({ os }) => os.split('-')[0]) ?? [];
    expect(new Set(systems)).toEqual(new Set(['ubuntu', 'windows', 'macos']));
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const commands = job?.steps.flatMap(({ run }) => run ?? []) ?? [];
    for (const command of commands) {
      const script = /^npm (?:run )?(\w+)$/.exec(command)?.[1];
      if (script !== undefined && script !== 'ci') expect(scripts, command).toHaveProperty(script);
      const file = /^node (scripts\/\S+)/.exec(command)?.[1];
      if (file !== undefined) expect(existsSync(join(root, file)), command).toBe(true);
    }
    expect(commands.filter((command) => command.includes('electron-builder'))).toEqual([
      'npx electron-builder --publish never',
    ]);
  });
});
