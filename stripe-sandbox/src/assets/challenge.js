// The issuer's page: sends the cardholder's answer, then returns to the merchant.
'use strict';

const query = new URLSearchParams(window.location.search);
const buttons = [...document.querySelectorAll('button')];
const message = document.getElementById('message');

const leave = (succeeded) => {
  const returnUrl = query.get('return_url');
  if (!returnUrl) {
    // In the dialog of Stripe.js, which reads the outcome from the API itself.
    window.parent.postMessage({ stripeSandbox: 'answered' }, '*');
    return;
  }
  const url = new URL(returnUrl);
  const secret = query.get('client_secret');
  url.searchParams.set('payment_intent', secret.split('_secret_')[0]);
  url.searchParams.set('payment_intent_client_secret', secret);
  url.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  window.location.assign(url);
};

const answer = async (outcome) => {
  buttons.forEach((button) => { button.disabled = true; });
  message.textContent = 'Sending …';
  try {
    const response = await fetch(`${window.location.pathname}/outcome`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${query.get('key')}` },
      body: new URLSearchParams({ client_secret: query.get('client_secret'), outcome }),
    });
    leave(response.ok && outcome === 'complete');
  } catch {
    message.textContent = 'The sandbox cannot be reached. Try again.';
    buttons.forEach((button) => { button.disabled = false; });
  }
};

buttons.forEach((button) => button.addEventListener('click', () => answer(button.value)));
// Leaving the dialog unanswered fails the authentication, as at Stripe.
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !buttons[0].disabled) answer('fail');
});
