// The card element's frame: keeps what is typed, tells the page only whether it
// is complete, and posts the card to the sandbox itself.
'use strict';

const form = document.getElementById('card');
const brandLabel = document.getElementById('brand');
const inputs = ['cardnumber', 'exp-date', 'cvc', 'postal'].map((name) => form.elements[name]);
const [number, expiry, cvc, postal] = inputs;
// Errors of incompleteness show once a field was left, as at Stripe.
const left = new Set();
let merchant;

const tell = (type, data) =>
  window.parent.postMessage({ stripeSandbox: type, ...data }, merchant ?? '*');

// --- Fields ------------------------------------------------------------------

const checks = () => {
  const digits = digitsOf(number.value);
  const results = new Map([
    [number, checkNumber(digits)],
    [expiry, checkExpiry(digitsOf(expiry.value), new Date())],
    [cvc, checkCvc(cvc.value, brandOf(digits))],
  ]);
  if (!postal.hidden) results.set(postal, checkPostal(postal.value));
  return results;
};

// `submitted`: empty fields are errors too.
const firstError = (results, submitted) => {
  for (const [input, result] of results) {
    if (typeof result === 'object') return { input, error: result };
    const missing = result === 'incomplete' ? submitted || left.has(input) : submitted && result === 'empty';
    if (missing) return { input, error: INCOMPLETE[input.name] };
  }
  return undefined;
};

const report = (submitted = false) => {
  const results = checks();
  const states = [...results.values()];
  const failed = firstError(results, submitted);
  inputs.forEach((input) => input.setAttribute('aria-invalid', String(input === failed?.input)));
  const { brand, label } = brandOf(digitsOf(number.value));
  brandLabel.textContent = label;
  tell('change', {
    change: {
      brand,
      complete: states.every((state) => state === 'complete'),
      empty: states.every((state) => state === 'empty'),
      error: failed?.error,
      value: { postalCode: postal.value },
    },
  });
  return failed?.error;
};

const limit = (text, length) => text.slice(0, length);

number.addEventListener('input', () => {
  const digits = digitsOf(number.value);
  const atEnd = number.selectionStart === number.value.length;
  const caretDigits = digitsOf(number.value.slice(0, number.selectionStart)).length;
  number.value = groupNumber(limit(digits, Math.max(...brandOf(digits).lengths)));
  if (!atEnd) {
    // Keep the caret behind the same digit when the grouping moves it.
    let caret = 0;
    for (let seen = 0; seen < caretDigits && caret < number.value.length; caret += 1) {
      if (/\d/.test(number.value[caret])) seen += 1;
    }
    number.setSelectionRange(caret, caret);
  }
  if (checkNumber(digitsOf(number.value)) === 'complete' && atEnd) expiry.focus();
});

expiry.addEventListener('input', (event) => {
  expiry.value = formatExpiry(expiry.value, event.inputType?.startsWith('delete'));
  if (digitsOf(expiry.value).length === 4 && !event.inputType?.startsWith('delete')) cvc.focus();
});

cvc.addEventListener('input', () => {
  cvc.value = limit(digitsOf(cvc.value), brandOf(digitsOf(number.value)).cvc);
});

form.addEventListener('input', () => report());
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('focusin', ({ relatedTarget }) => {
  if (!relatedTarget) tell('focus');
});
form.addEventListener('focusout', ({ target, relatedTarget }) => {
  if (target.value !== '') left.add(target);
  report();
  if (!relatedTarget) tell('blur');
});

// --- Style -------------------------------------------------------------------

const setProperty = (name, value) => {
  const { style } = document.documentElement;
  if (value) style.setProperty(name, value);
  else style.removeProperty(name);
};

const applyOptions = ({ style = {}, hidePostalCode = false, disabled = false }) => {
  const { base = {}, invalid = {} } = style;
  setProperty('--background', base.backgroundColor);
  setProperty('--color', base.color);
  setProperty('--font-family', base.fontFamily);
  setProperty('--font-size', base.fontSize);
  setProperty('--icon-color', base.iconColor);
  setProperty('--placeholder-color', base['::placeholder']?.color);
  setProperty('--invalid-color', invalid.color);
  postal.hidden = hidePostalCode;
  inputs.forEach((input) => { input.disabled = disabled; });
};

// --- Paying ------------------------------------------------------------------

const BILLING_FIELDS = ['name', 'email', 'phone'];
const ADDRESS_FIELDS = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'];

const confirmParams = (clientSecret, billing) => {
  const digits = digitsOf(expiry.value);
  const params = new URLSearchParams({
    client_secret: clientSecret,
    use_stripe_sdk: 'true',
    'payment_method_data[type]': 'card',
    'payment_method_data[card][number]': digitsOf(number.value),
    'payment_method_data[card][exp_month]': digits.slice(0, 2),
    'payment_method_data[card][exp_year]': digits.slice(2),
    'payment_method_data[card][cvc]': cvc.value,
  });
  const details = 'payment_method_data[billing_details]';
  const address = { ...billing.address };
  if (!postal.hidden) address.postal_code ??= postal.value;
  BILLING_FIELDS.filter((field) => billing[field])
    .forEach((field) => params.set(`${details}[${field}]`, billing[field]));
  ADDRESS_FIELDS.filter((field) => address[field])
    .forEach((field) => params.set(`${details}[address][${field}]`, address[field]));
  return params;
};

const confirm = async ({ key, clientSecret, billingDetails }) => {
  const error = report(true);
  if (error) return { error };
  const intent = encodeURIComponent(clientSecret.split('_secret_')[0]);
  try {
    const response = await fetch(`/v1/payment_intents/${intent}/confirm`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: confirmParams(clientSecret, billingDetails),
    });
    const answer = await response.json();
    return answer.error ? { error: answer.error } : { paymentIntent: answer };
  } catch (failure) {
    return { error: { type: 'api_connection_error', message: String(failure) } };
  }
};

// --- Messages of the page ------------------------------------------------------

const clear = () => {
  inputs.forEach((input) => { input.value = ''; });
  left.clear();
  report();
};

window.addEventListener('message', async ({ source, origin, data }) => {
  if (source !== window.parent || !data?.stripeSandbox) return;
  merchant = origin;
  switch (data.stripeSandbox) {
    case 'options': applyOptions(data.options); break;
    case 'focus': number.focus(); break;
    case 'blur': document.activeElement?.blur(); break;
    case 'clear': clear(); break;
    case 'confirm': tell('result', { id: data.id, result: await confirm(data) }); break;
    default:
  }
});

new ResizeObserver(() => tell('height', { height: Math.ceil(form.getBoundingClientRect().height) }))
  .observe(form);
brandLabel.textContent = UNKNOWN_BRAND.label;
tell('loaded');
