// Compiles the addon with whatever C++ compiler there is: no Python, node-gyp or CMake, no download.
// Prints one line and lets the install go on where there is no compiler, for the kernels' reference in
// TypeScript does the same work, slowly; with CLEARCUT_REQUIRE_ADDON=1 that is an error.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, 'build/clearcut-kernels.node');
const stamp = join(here, 'build/stamp');
const require = createRequire(import.meta.url);

const COMMON = [
  'cpu/features.cc',
  'cpu/step.cc',
  'cpu/thread-pool.cc',
  'adder2d/adder2d.cc',
  'adder2d/kernel-table.cc',
  'adder2d/adder2d-u8-scalar.cc',
  'outline/kernel-table.cc',
  'outline/outline.cc',
  'outline/outline-f32-scalar.cc',
  'guided-filter/guided-filter.cc',
  'plane/bilinear.cc',
  'plane/colour.cc',
  'dynamic-filter2d/dynamic-filter2d.cc',
  'dynamic-filter2d/dynamic-filter2d-f32-scalar.cc',
  'dynamic-filter2d/kernel-table.cc',
  'compositing/compositing.cc',
  'compositing/field.cc',
  'dense-inverse-search/frame-pyramid.cc',
  'dense-inverse-search/kernel-table.cc',
  'dense-inverse-search/motion-f32-scalar.cc',
  'dense-inverse-search/motion-session.cc',
  'plane/float-to-codes-scalar.cc',
  'plane/plane.cc',
  'plane/still.cc',
  'point-head/kernel-table.cc',
  'point-head/point-head.cc',
  'point-head/point-head-f32-scalar.cc',
  'quantized-conv2d/kernel-table.cc',
  'quantized-conv2d/quantized-conv2d.cc',
  'quantized-conv2d/quantized-conv2d-i16-scalar.cc',
  'subpixel-conv2d/kernel-table.cc',
  'subpixel-conv2d/subpixel-conv2d.cc',
  'subpixel-conv2d/subpixel-conv2d-i16-scalar.cc',
  'binding/addon.cc',
  'binding/work.cc',
  'binding/adder2d-binding.cc',
  'binding/bilinear-binding.cc',
  'binding/colour-binding.cc',
  'binding/dynamic-filter2d-binding.cc',
  'binding/compositing-binding.cc',
  'binding/guided-filter-binding.cc',
  'binding/layer-binding.cc',
  'binding/motion-binding.cc',
  'binding/outline-binding.cc',
  'binding/plane-binding.cc',
  'binding/point-head-binding.cc',
  'binding/quantized-conv2d-binding.cc',
  'binding/still-binding.cc',
  'binding/subpixel-conv2d-binding.cc',
];

/** Files of one processor family, with the flags that they alone may have. */
const AVX512 = { gnu: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl'], msvc: ['/arch:AVX512'] };
const AVX2 = { gnu: ['-mavx2'], msvc: ['/arch:AVX2'] };
const NEON = { gnu: [], msvc: [] };
const BY_ARCH = {
  x64: [
    { file: 'adder2d/adder2d-u8-avx512.cc', ...AVX512 },
    { file: 'adder2d/adder2d-u8-avx2.cc', ...AVX2 },
    { file: 'dense-inverse-search/motion-f32-avx512.cc', ...AVX512 },
    { file: 'dense-inverse-search/motion-f32-avx2.cc', ...AVX2 },
    { file: 'dynamic-filter2d/dynamic-filter2d-f32-avx512.cc', ...AVX512 },
    { file: 'dynamic-filter2d/dynamic-filter2d-f32-avx2.cc', ...AVX2 },
    { file: 'outline/outline-f32-avx512.cc', ...AVX512 },
    { file: 'outline/outline-f32-avx2.cc', ...AVX2 },
    { file: 'plane/float-to-codes-avx2.cc', ...AVX2 },
    { file: 'point-head/point-head-f32-avx512.cc', ...AVX512 },
    { file: 'point-head/point-head-f32-avx2.cc', ...AVX2 },
    { file: 'quantized-conv2d/quantized-conv2d-i16-avx512.cc', ...AVX512 },
    { file: 'quantized-conv2d/quantized-conv2d-i16-avx2.cc', ...AVX2 },
    { file: 'subpixel-conv2d/subpixel-conv2d-i16-avx512.cc', ...AVX512 },
    { file: 'subpixel-conv2d/subpixel-conv2d-i16-avx2.cc', ...AVX2 },
  ],
  arm64: [
    { file: 'adder2d/adder2d-u8-neon.cc', ...NEON },
    { file: 'dense-inverse-search/motion-f32-neon.cc', ...NEON },
    { file: 'dynamic-filter2d/dynamic-filter2d-f32-neon.cc', ...NEON },
    { file: 'outline/outline-f32-neon.cc', ...NEON },
    { file: 'point-head/point-head-f32-neon.cc', ...NEON },
    { file: 'quantized-conv2d/quantized-conv2d-i16-neon.cc', ...NEON },
    { file: 'subpixel-conv2d/subpixel-conv2d-i16-neon.cc', ...NEON },
  ],
};

const DEFINES = ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED', 'NDEBUG'];

function sources(arch, windows) {
  const plain = [...COMMON, ...(windows ? ['binding/windows-delay-load.cc'] : [])];
  return [...plain.map((file) => ({ file, gnu: [], msvc: [] })), ...(BY_ARCH[arch] ?? [])];
}

function includes() {
  return [
    dirname(require.resolve('node-addon-api/napi.h')),
    join(dirname(require.resolve('node-api-headers/package.json')), 'include'),
  ];
}

/** g++ and clang++; a float is rounded after every operation, so no fused multiply-add. */
function gnuToolchain(command) {
  const flags = ['-std=c++17', '-O3', '-fPIC', '-ffp-contract=off', '-fvisibility=hidden', '-pthread'];
  const link =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-s'];
  return {
    name: command,
    env: process.env,
    objectSuffix: '.o',
    compile: (source, object) => [
      command,
      [
        ...flags,
        ...source.gnu,
        ...DEFINES.map((define) => `-D${define}`),
        ...includes().flatMap((folder) => ['-isystem', folder]),
        '-c',
        join(here, source.file),
        '-o',
        object,
      ],
    ],
    link: (objects, target) => [[command, [...link, '-pthread', ...objects, '-o', target]]],
  };
}

/** Microsoft's compiler. The host's functions come through a delay-loaded library made from Node's own list. */
function msvcToolchain(env) {
  const flags = ['/nologo', '/std:c++17', '/O2', '/EHsc', '/MT', '/fp:precise', '/utf-8', '/DNOMINMAX'];
  const machine = process.arch === 'arm64' ? '/machine:arm64' : '/machine:x64';
  const library = join(here, 'build/node-api.lib');
  const definitions = join(here, 'build/node-api.def');
  return {
    name: 'cl.exe',
    env,
    objectSuffix: '.obj',
    compile: (source, object) => [
      'cl.exe',
      [
        ...flags,
        ...source.msvc,
        ...DEFINES.map((define) => `/D${define}`),
        ...includes().map((folder) => `/I${folder}`),
        '/c',
        join(here, source.file),
        `/Fo${object}`,
      ],
    ],
    link: (objects, target) => {
      writeFileSync(definitions, hostFunctions());
      return [
        ['lib.exe', ['/nologo', `/def:${definitions}`, machine, `/out:${library}`]],
        [
          'link.exe',
          [
            '/nologo',
            '/dll',
            machine,
            '/delayload:NODE.EXE',
            ...objects,
            library,
            'delayimp.lib',
            `/out:${target}`,
          ],
        ],
      ];
    },
  };
}

/** One module definition out of the two that node-api-headers brings. */
function hostFunctions() {
  const folder = join(dirname(require.resolve('node-api-headers/package.json')), 'def');
  const names = ['node_api.def', 'js_native_api.def'].flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split(/\r?\n/)
      .filter((line) => /^\s*(napi|node_api)_\w+\s*$/.test(line)),
  );
  return ['NAME NODE.EXE', 'EXPORTS', ...names].join('\r\n');
}

function runs(command, args, env = process.env) {
  return spawnSync(command, args, { env, stdio: 'ignore', windowsHide: true }).status === 0;
}

/** Visual Studio's compiler needs variables that its own batch file sets. */
function msvcEnvironment() {
  if (spawnSync('cl.exe', ['/?'], { stdio: 'ignore' }).status === 0) return process.env;
  const programs = process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)';
  const finder = join(programs, 'Microsoft Visual Studio\\Installer\\vswhere.exe');
  if (!existsSync(finder)) return null;
  const found = spawnSync(finder, ['-latest', '-products', '*', '-property', 'installationPath'], {
    encoding: 'utf8',
  });
  const batch = join(
    found.stdout.trim(),
    'VC\\Auxiliary\\Build',
    process.arch === 'arm64' ? 'vcvarsarm64.bat' : 'vcvars64.bat',
  );
  if (!existsSync(batch)) return null;
  const listed = spawnSync(`"${batch}" >nul && set`, { encoding: 'utf8', shell: true });
  const variables = listed.stdout.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  return listed.status === 0 ? Object.fromEntries(variables) : null;
}

function findToolchain() {
  if (process.platform === 'win32') {
    const env = msvcEnvironment();
    return env && msvcToolchain(env);
  }
  const wanted = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const command = wanted.find((name) => runs(name, ['--version']));
  return command === undefined ? null : gnuToolchain(command);
}

const COMPILER_HINTS = {
  linux: 'install one (on Debian or Ubuntu: apt install g++)',
  darwin: 'install one (xcode-select --install)',
  win32: 'install the C++ workload of Visual Studio Build Tools',
};

/** Of everything that the result depends on. */
function fingerprint(toolchain, files) {
  const hash = createHash('sha256');
  const folders = [...new Set(files.map(({ file }) => dirname(file)))].sort();
  for (const folder of folders)
    for (const name of readdirSync(join(here, folder)).sort())
      if (/\.(cc|h)$/.test(name))
        hash.update(`${folder}/${name}\n`).update(readFileSync(join(here, folder, name)));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of ['node-addon-api', 'node-api-headers'])
    hash.update(readFileSync(require.resolve(`${name}/package.json`)));
  return hash
    .update(JSON.stringify([process.platform, process.arch, toolchain.name, files.map(({ file }) => file)]))
    .digest('hex');
}

function execute([command, args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, windowsHide: true });
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    child.stderr.on('data', (data) => (said += data));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')}\n${said}`)),
    );
  });
}

/** Runs the commands, as many at once as there are processors. */
async function executeAll(commands, env) {
  const queue = [...commands];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await execute(next, env);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

async function build() {
  const toolchain = findToolchain();
  if (!toolchain)
    throw new Error(`there is no C++ compiler: ${COMPILER_HINTS[process.platform] ?? 'install one'}`);
  const files = sources(process.arch, process.platform === 'win32');
  const wanted = fingerprint(toolchain, files);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  // Of this run alone: two installs at once must not share half-written objects.
  const folder = join(here, `build/objects-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const objects = files.map(({ file }) =>
      join(folder, file.replaceAll('/', '-').replace(/\.cc$/, toolchain.objectSuffix)),
    );
    await executeAll(
      files.map((source, index) => toolchain.compile(source, objects[index])),
      toolchain.env,
    );
    const linked = join(folder, basename(output));
    for (const command of toolchain.link(objects, linked)) await execute(command, toolchain.env);
    // A running process keeps the old file; replacing it in one move never shows it half a file.
    renameSync(linked, output);
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await build();
} catch (error) {
  const required = process.env.CLEARCUT_REQUIRE_ADDON === '1';
  const message = error instanceof Error ? error.message : String(error);
  console.warn(
    `Clearcut's fast kernels were not compiled: ${message}\nClearcut ${required ? 'needs them here' : 'works without them, slowly'}; to try again: node kernels/build.mjs`,
  );
  if (required) process.exitCode = 1;
}
