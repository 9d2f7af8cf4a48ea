import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";

export const REPOSITORY = resolve(__dirname, "../..");

/** A child process with its output in a file. */
export type Running = {
  /** The first line of standard output that matched `ready`. */
  readyLine: string;
  stop: () => Promise<void>;
};

/** A TCP port of the loopback interface that is free now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, "127.0.0.1");
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** The program named by an environment variable. */
export function program(variable: string): string {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: use \`make end2end\``);
  return path;
}

/** Starts a program in the repository and waits until it prints a line that matches `ready`. */
export async function start(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  log: string,
  ready: RegExp,
): Promise<Running> {
  mkdirSync(dirname(log), { recursive: true });
  const output = createWriteStream(log);
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.pipe(output, { end: false });
  const readyLine = await new Promise<string>((done, fail) => {
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`${command} is not ready after 60 s, see ${log}`));
    }, 60_000);
    let seen = "";
    child.stdout.on("data", (data: Buffer) => {
      output.write(data);
      seen += data.toString();
      const line = seen.split("\n").slice(0, -1).find((line) => ready.test(line));
      if (line === undefined) return;
      clearTimeout(late);
      done(line);
    });
    child.on("error", fail);
    child.on("exit", (code) => {
      clearTimeout(late);
      fail(new Error(`${command} ended with ${code} before it was ready, see ${log}`));
    });
  });
  return { readyLine, stop: () => stop(child) };
}

/** Runs a program to its end; its exit code and everything it printed. */
export async function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await exited;
  clearTimeout(late);
}
