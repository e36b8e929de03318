// Sealing: a person's answers in a file that only that person's code opens. AES-GCM, the key made of the code by PBKDF2.
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O or U: each sign is one of 32, and none looks like another
const ROUNDS = 250000;
const canSeal = () => Boolean(globalThis.crypto && crypto.subtle && crypto.getRandomValues);
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const bytesOf = (text) => new TextEncoder().encode(text);

function newCode() {
  const signs = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => SIGNS[byte & 31]).join("");
  return signs.match(/.{4}/g).join("-");
}
function plainCode(typed) {
  const upper = typed.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  return [...upper].filter((sign) => SIGNS.includes(sign)).join("");
}
async function keyOf(code, salt) {
  const base = await crypto.subtle.importKey("raw", bytesOf(plainCode(code)), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
// What stands outside the seal is bound to it: who answered, for which programme, and which statements.
const bound = (file) => bytesOf(JSON.stringify([file.schema, file.set, file.role, file.programme]));

async function seal(file, content) {
  const code = newCode();
  const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: bound(file) };
  const words = await crypto.subtle.encrypt(how, await keyOf(code, salt), bytesOf(JSON.stringify(content)));
  return { code, file: { ...file, sealed: { salt: toText(salt), iv: toText(iv), words: toText(words) } } };
}
async function unseal(file, code) {
  const { salt, iv, words } = file.sealed;
  const how = { name: "AES-GCM", iv: toBytes(iv), additionalData: bound(file) };
  const opened = await crypto.subtle.decrypt(how, await keyOf(code, toBytes(salt)), toBytes(words));
  return JSON.parse(new TextDecoder().decode(opened));
}
// The mark of a sealed file: another file, or a changed one, has another mark.
async function markOf(file) {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(JSON.stringify([file.role, file.programme, file.sealed]))));
  const signs = [...found.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return signs.match(/.{4}/g).join(" ");
}
