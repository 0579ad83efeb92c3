// Where the makers of well-known tools keep their installers and programs: lines that fetch and start these are how people set
// up a machine. An address is known by its host and the beginning of its path, over https, never by a name alone; places where
// anybody keeps files (github.com, raw.githubusercontent.com) are known by the project.

/** Published one-liners: package managers, languages, runtimes, command lines of clouds and hubs. */
const INSTALLERS = new RegExp(`^(?:${[
  // Python, Rust, JavaScript, Java, Ruby, Go, Haskell, Julia.
  'astral\\.sh/(?:uv|ruff|ty)/', 'install\\.python-poetry\\.org', 'pixi\\.sh/install', 'micro\\.mamba\\.pm', 'bootstrap\\.pypa\\.io/', 'pdm-project\\.org/install', 'pyenv\\.run', 'sh\\.rustup\\.rs', 'static\\.rust-lang\\.org/', 'win\\.rustup\\.rs', 'bun\\.(?:sh|com)/install', 'deno\\.land/(?:x/install/)?install', 'get\\.pnpm\\.io/', 'get\\.volta\\.sh', 'fnm\\.vercel\\.app/', 'deb\\.nodesource\\.com/', 'rpm\\.nodesource\\.com/', 'raw\\.githubusercontent\\.com/(?:nvm-sh/nvm|pyenv/|Homebrew/install|golangci/|helm/helm|k3d-io/|ohmyzsh/|conda-forge/|asdf-vm/|anchore/|aquasecurity/|rustwasm/)', 'get\\.sdkman\\.io', 'get-ghcup\\.haskell\\.org', 'install\\.julialang\\.org', 'wasmtime\\.dev/install', 'rustwasm\\.github\\.io/',
  // Machines, containers, shells.
  'get\\.docker\\.com', 'mise\\.(?:run|jdx\\.dev)', 'starship\\.rs/install', 'direnv\\.net/install', 'nixos\\.org/nix/install', 'install\\.determinate\\.systems/', 'get\\.jetify\\.com/', 'get\\.helm\\.sh', 'get\\.k3s\\.io', 'tailscale\\.com/install', 'apt\\.llvm\\.org/', 'packagecloud\\.io/install/', 's3\\.amazonaws\\.com/download\\.draios\\.com/', 'just\\.systems/install', 'community\\.chocolatey\\.org/install', 'chocolatey\\.org/install', 'get\\.scoop\\.sh',
  // Clouds, hubs, coverage and agents.
  'ollama\\.com/install', 'hf\\.co/', 'huggingface\\.co/', 'claude\\.ai/install', 'aka\\.ms/', 'sdk\\.cloud\\.google\\.com', 'codecov\\.io/bash', 'uploader\\.codecov\\.io/', 'cli\\.codecov\\.io/', 'cli\\.github\\.com/', 'fly\\.io/install', 'cli\\.run\\.ai/', 'get\\.modular\\.com', 'lmstudio\\.ai/install', 'foundry\\.paradigm\\.xyz',
].join('|')})`, 'i');
/** Programs, archives and build scripts of the same makers. */
const VENDORS = /^(?:repo\.anaconda\.com\/|www\.python\.org\/ftp\/|download\.visualstudio\.microsoft\.com\/|developer\.download\.nvidia\.com\/|download\.nvidia\.com\/|nodejs\.org\/dist\/|go\.dev\/dl\/|dl\.google\.com\/|dl\.k8s\.io\/|awscli\.amazonaws\.com\/|download\.pytorch\.org\/|cmake\.org\/files\/|services\.gradle\.org\/|repo1?\.maven(?:\.apache)?\.org\/|download\.docker\.com\/|win\.rustup\.rs|packages\.microsoft\.com\/|github\.com\/(?:conda-forge\/|Kitware\/|cpm-cmake\/|conan-io\/|astral-sh\/|mamba-org\/|git-for-windows\/|bazelbuild\/|microsoft\/|pytorch\/|ggml-org\/|rust-lang\/|nodejs\/|python\/|cli\/)|raw\.githubusercontent\.com\/(?:conan-io|cpm-cmake|TheLartians|pypa|microsoft)\/)/i;

const ADDRESSES = /\b(?:https?|ftp):\/\/[^\s"'`)<>|]{1,400}/gi;

/** Every address in the line belongs to the installer of a well-known tool. */
export function isKnownInstaller(line: string): boolean {
  const addresses = line.slice(0, 4000).match(ADDRESSES) ?? [];
  return addresses.length > 0 && addresses.every((address) => isKnownSource(address));
}

export function isKnownSource(address: string): boolean {
  const bare = /^https:\/\/(.*)$/i.exec(address)?.[1];
  // A name before '@' is no host.
  return bare !== undefined && !bare.split('/', 1)[0]?.includes('@') && (INSTALLERS.test(bare) || VENDORS.test(bare));
}
