// The part of Stripe.js v3 that the market uses, against the sandbox.
// Card numbers are typed into a frame of the sandbox's origin and posted from
// there: the page that loads this script never sees them.
(() => {
  'use strict';

  const origin = new URL(document.currentScript.src).origin;

  // Styles are set one by one: a strict CSP forbids style attributes.
  const setStyle = (node, style) => Object.assign(node.style, style);

  const createFrame = (url, title) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    frame.title = title;
    frame.setAttribute('frameborder', '0');
    frame.setAttribute('allowtransparency', 'true');
    // The frames are light documents; a frame of another colour scheme than its
    // element's would be painted on an opaque canvas.
    setStyle(frame, { border: '0', colorScheme: 'light', display: 'block', width: '100%' });
    return frame;
  };

  // --- API -----------------------------------------------------------------

  const connectionError = (error) => ({
    error: { type: 'api_connection_error', message: String(error) },
  });

  const call = async (key, method, path, params) => {
    const body = new URLSearchParams(params);
    const get = method === 'GET';
    try {
      const response = await fetch(`${origin}${path}${get ? `?${body}` : ''}`, {
        method,
        headers: { Authorization: `Bearer ${key}` },
        body: get ? undefined : body,
      });
      const answer = await response.json();
      return answer.error ? { error: answer.error } : { paymentIntent: answer };
    } catch (error) {
      return connectionError(error);
    }
  };

  const intentPath = (clientSecret) =>
    `/v1/payment_intents/${encodeURIComponent(clientSecret.split('_secret_')[0])}`;

  // --- Card element --------------------------------------------------------

  class CardElement {
    constructor(options) {
      this._options = options ?? {};
      this._listeners = new Map();
      this._pending = new Map();
      this._calls = 0;
      this._onMessage = (event) => this._receive(event);
    }

    mount(target) {
      const node = typeof target === 'string' ? document.querySelector(target) : target;
      if (!node) throw new Error(`The selector you specified (${target}) applies to no DOM element.`);
      this.unmount();
      window.addEventListener('message', this._onMessage);
      this._frame = createFrame(`${origin}/_sandbox/card`, 'Secure card payment input frame');
      setStyle(this._frame, { height: '1.2em' });
      node.replaceChildren(this._frame);
      node.classList.add('StripeElement', 'StripeElement--empty');
      this._node = node;
    }

    unmount() {
      if (!this._frame) return;
      window.removeEventListener('message', this._onMessage);
      this._frame.remove();
      this._frame = undefined;
      this._node.classList.remove(
        'StripeElement', 'StripeElement--empty', 'StripeElement--complete',
        'StripeElement--invalid', 'StripeElement--focus',
      );
      const error = { type: 'validation_error', message: 'The card element was unmounted.' };
      this._pending.forEach((resolve) => resolve({ error }));
      this._pending.clear();
    }

    destroy() {
      this.unmount();
      this._listeners.clear();
    }

    on(name, listener) {
      this._listeners.set(name, [...(this._listeners.get(name) ?? []), listener]);
      return this;
    }

    off(name, listener) {
      const kept = (this._listeners.get(name) ?? []).filter((l) => listener && l !== listener);
      this._listeners.set(name, kept);
      return this;
    }

    once(name, listener) {
      const first = (event) => {
        this.off(name, first);
        listener(event);
      };
      return this.on(name, first);
    }

    update(options) {
      this._options = { ...this._options, ...options };
      this._send('options', { options: this._options });
    }

    focus() { this._send('focus'); }

    blur() { this._send('blur'); }

    clear() { this._send('clear'); }

    _confirm(key, clientSecret, billingDetails) {
      if (!this._frame) {
        const message = 'We could not retrieve data from the specified Element. Please make ' +
          'sure the Element you are attempting to use is still mounted.';
        throw new Error(message);
      }
      const id = ++this._calls;
      return new Promise((resolve) => {
        this._pending.set(id, resolve);
        this._send('confirm', { id, key, clientSecret, billingDetails });
      });
    }

    _send(type, data) {
      this._frame?.contentWindow?.postMessage({ stripeSandbox: type, ...data }, origin);
    }

    _emit(name, event) {
      [...(this._listeners.get(name) ?? [])].forEach((listener) => listener(event));
    }

    _receive(message) {
      const { origin: from, source, data } = message;
      if (from !== origin || source !== this._frame?.contentWindow || !data) return;
      const classes = this._node.classList;
      switch (data.stripeSandbox) {
        case 'loaded':
          this._send('options', { options: this._options });
          this._emit('ready', { elementType: 'card' });
          break;
        case 'height':
          setStyle(this._frame, { height: `${data.height}px` });
          break;
        case 'focus':
        case 'blur':
          classes.toggle('StripeElement--focus', data.stripeSandbox === 'focus');
          this._emit(data.stripeSandbox, { elementType: 'card' });
          break;
        case 'change':
          classes.toggle('StripeElement--empty', data.change.empty);
          classes.toggle('StripeElement--complete', data.change.complete);
          classes.toggle('StripeElement--invalid', Boolean(data.change.error));
          this._emit('change', { elementType: 'card', ...data.change });
          break;
        case 'result':
          this._pending.get(data.id)?.(data.result);
          this._pending.delete(data.id);
          break;
        default:
      }
    }
  }

  // --- 3-D Secure ----------------------------------------------------------

  // Opens the issuer's page in a dialog and resolves when it was answered.
  const challenge = (key, intent) => new Promise((resolve) => {
    const query = new URLSearchParams({ client_secret: intent.client_secret, key });
    const path = `/_sandbox/3ds/${encodeURIComponent(intent.id)}`;
    const frame = createFrame(`${origin}${path}?${query}`, 'Card authentication, test mode');
    setStyle(frame, { height: '320px' });
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Card authentication, test mode');
    setStyle(dialog, {
      background: '#fff', border: '0', borderRadius: '8px', boxSizing: 'border-box',
      margin: 'auto', maxWidth: '100%', overflow: 'hidden', padding: '0', width: '400px',
    });
    dialog.append(frame);

    const close = () => {
      window.removeEventListener('message', onMessage);
      dialog.close();
      dialog.remove();
      resolve();
    };
    const onMessage = ({ origin: from, source, data }) => {
      if (from === origin && source === frame.contentWindow && data?.stripeSandbox === 'answered') {
        close();
      }
    };
    window.addEventListener('message', onMessage);
    // Escape leaves the dialog unanswered: the authentication fails, as at Stripe.
    // With the focus in the frame, the frame's own script sees the key.
    dialog.addEventListener('cancel', async (event) => {
      event.preventDefault();
      const params = { client_secret: intent.client_secret, outcome: 'fail' };
      await call(key, 'POST', `${path}/outcome`, params);
      close();
    });
    document.body.append(dialog);
    dialog.showModal();
  });

  const finish = async (key, clientSecret, result) => {
    if (result.paymentIntent?.status !== 'requires_action') return result;
    await challenge(key, result.paymentIntent);
    const answer = await call(key, 'GET', intentPath(clientSecret), { client_secret: clientSecret });
    const intent = answer.paymentIntent;
    if (intent?.status !== 'requires_payment_method') return answer;
    return { error: { ...intent.last_payment_error, payment_intent: intent } };
  };

  // --- Stripe(key) ---------------------------------------------------------

  const retrieve = (key, clientSecret) =>
    call(key, 'GET', intentPath(clientSecret), { client_secret: clientSecret });

  const confirmCardPayment = async (key, clientSecret, data) => {
    const method = data?.payment_method;
    if (!method) return finish(key, clientSecret, await retrieve(key, clientSecret));
    if (typeof method === 'string') {
      const params = { client_secret: clientSecret, payment_method: method, use_stripe_sdk: 'true' };
      const path = `${intentPath(clientSecret)}/confirm`;
      return finish(key, clientSecret, await call(key, 'POST', path, params));
    }
    if (!(method.card instanceof CardElement)) {
      throw new Error('payment_method.card must be a card element.');
    }
    const result = await method.card._confirm(key, clientSecret, method.billing_details ?? {});
    return finish(key, clientSecret, result);
  };

  window.Stripe = (key) => ({
    elements: () => {
      const created = new Map();
      return {
        create: (type, options) => {
          if (type !== 'card') throw new Error(`The sandbox has no element '${type}'.`);
          const element = new CardElement(options);
          created.set(type, element);
          return element;
        },
        getElement: (type) => created.get(type) ?? null,
      };
    },
    confirmCardPayment: (clientSecret, data) => confirmCardPayment(key, clientSecret, data),
    handleCardAction: async (clientSecret) =>
      finish(key, clientSecret, await retrieve(key, clientSecret)),
    retrievePaymentIntent: (clientSecret) => retrieve(key, clientSecret),
  });
  window.Stripe.version = 3;
})();
