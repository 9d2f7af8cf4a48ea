// A provider of somebody else's make, for OpenID Connect, and a stand-in for
// GitHub, with bad days.
//
//     node provider.mjs PORT
//
// Prints "ready ISSUER GITHUB". POST /person to GITHUB says who signs in next and
// what goes wrong: {"sub", "email", "email_verified", "name", "userinfo",
// "id", "login", "emails", "twist"}.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { OAuth2Server } from "oauth2-mock-server";

let person = {};
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(Number(process.argv[2] ?? 0), "127.0.0.1");
server.issuer.url = server.issuer.url.replace("localhost", "127.0.0.1");

server.service.on("beforeTokenSigning", (token) => {
  const { sub, email, email_verified, name, twist } = person;
  Object.assign(token.payload, { sub, email, email_verified, name });
  if (twist === "nonce") token.payload.nonce = "another";
  if (twist === "no nonce") delete token.payload.nonce;
  if (twist === "audience") token.payload.aud = "another";
  if (twist === "issuer") token.payload.iss = "https://issuer.example";
  if (twist === "expired token") token.payload.exp = Math.floor(Date.now() / 1000) - 3600;
});
server.service.on("beforeResponse", (answer) => {
  if (person.twist === "expired code") {
    answer.statusCode = 400;
    answer.body = { error: "invalid_grant" };
  }
  if (person.twist === "no id_token") delete answer.body.id_token;
  if (person.twist === "signature") {
    const [head, body, signature] = answer.body.id_token.split(".");
    const forged = Buffer.from(body, "base64url").toString().replace(person.sub, "somebody else");
    answer.body.id_token = [head, Buffer.from(forged).toString("base64url"), signature].join(".");
  }
  if (person.twist === "unsigned") {
    const [, body] = answer.body.id_token.split(".");
    const head = Buffer.from('{"alg":"none"}').toString("base64url");
    answer.body.id_token = `${head}.${body}.`;
  }
  if (person.twist === "server error") {
    answer.statusCode = 500;
    answer.body = {};
  }
});
server.service.on("beforeUserinfo", (answer) => {
  answer.body = { sub: person.sub, ...person.userinfo };
});
server.service.on("beforeAuthorizeRedirect", (redirect) => {
  const { searchParams } = redirect.url;
  if (person.twist === "state") searchParams.set("state", "another");
  if (person.twist === "denied") {
    searchParams.delete("code");
    searchParams.set("error", "access_denied");
  }
});

const codes = new Map();
const tokens = new Set();

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const github = createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  const json = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  const may = () => tokens.has(request.headers.authorization?.replace("Bearer ", ""));
  switch (url.pathname) {
    case "/person":
      person = JSON.parse(await body(request));
      return json(200, {});
    case "/login/oauth/authorize": {
      const code = randomUUID();
      codes.set(code, url.searchParams.get("code_challenge"));
      const back = new URL(url.searchParams.get("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state"));
      response.writeHead(302, { location: back.href });
      return response.end();
    }
    case "/login/oauth/access_token": {
      const typed = new URLSearchParams(await body(request));
      const challenge = codes.get(typed.get("code"));
      codes.delete(typed.get("code"));
      const verifier = createHash("sha256").update(typed.get("code_verifier") ?? "");
      // GitHub says what is wrong with 200.
      if (!challenge || verifier.digest("base64url") !== challenge) {
        return json(200, { error: "bad_verification_code" });
      }
      const token = randomUUID();
      tokens.add(token);
      return json(200, { access_token: token, token_type: "bearer", scope: "read:user,user:email" });
    }
    case "/user":
      if (!may()) return json(401, {});
      return json(200, { id: person.id, login: person.login, name: person.name ?? null, email: null });
    case "/user/emails":
      if (!may()) return json(401, {});
      return json(200, person.emails ?? []);
    default:
      return json(404, {});
  }
});
github.listen(0, "127.0.0.1", () => {
  console.log(`ready ${server.issuer.url} http://127.0.0.1:${github.address().port}`);
});
