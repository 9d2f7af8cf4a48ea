// What is typed into the card element: grouping, brands, and Stripe's validation errors.
'use strict';

const CARD_BRANDS = [
  { brand: 'visa', label: 'Visa', start: /^4/, lengths: [16], cvc: 3 },
  { brand: 'mastercard', label: 'Master', start: /^(5[1-5]|2[2-7])/, lengths: [16], cvc: 3 },
  { brand: 'amex', label: 'Amex', start: /^3[47]/, lengths: [15], cvc: 4 },
];
const UNKNOWN_BRAND = { brand: 'unknown', label: 'Card', lengths: [16], cvc: 3 };

const digitsOf = (text) => text.replace(/\D/g, '');

const brandOf = (number) => CARD_BRANDS.find(({ start }) => start.test(number)) ?? UNKNOWN_BRAND;

// '42424242' → '4242 4242', '3782822' → '3782 822'.
const groupNumber = (number) => {
  const groups = brandOf(number).brand === 'amex' ? /^(.{1,4})(.{1,6})?(.*)$/ : /.{1,4}/g;
  const parts = number.match(groups) ?? [];
  return (groups.global ? parts : parts.slice(1)).filter(Boolean).join(' ');
};

// '4' → '04 / ', '12' → '12 / ', '1230' → '12 / 30'; a deletion leaves the slash away.
const formatExpiry = (typed, deleting) => {
  let digits = digitsOf(typed);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  digits = digits.slice(0, 4);
  if (digits.length < 2 || (digits.length === 2 && deleting)) return digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
};

const passesLuhn = (number) => [...number].reverse().reduce((sum, digit, index) => {
  const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
  return sum + (value > 9 ? value - 9 : value);
}, 0) % 10 === 0;

const validationError = (code, message) => ({ type: 'validation_error', code, message });

// Each check gives 'empty', 'incomplete', 'complete' or an error.
const checkNumber = (number) => {
  const { lengths } = brandOf(number);
  if (number === '') return 'empty';
  if (number.length < Math.min(...lengths)) return 'incomplete';
  return passesLuhn(number)
    ? 'complete'
    : validationError('invalid_number', 'Your card number is invalid.');
};

const checkExpiry = (digits, now) => {
  if (digits === '') return 'empty';
  const month = Number(digits.slice(0, 2));
  if (digits.length >= 2 && (month < 1 || month > 12)) {
    return validationError('invalid_expiry_month', 'Your card\'s expiration date is invalid.');
  }
  if (digits.length < 4) return 'incomplete';
  const year = 2000 + Number(digits.slice(2));
  if (year < now.getFullYear()) {
    return validationError('invalid_expiry_year_past', 'Your card\'s expiration year is in the past.');
  }
  if (year === now.getFullYear() && month < now.getMonth() + 1) {
    return validationError('invalid_expiry_month_past', 'Your card\'s expiration date is in the past.');
  }
  return 'complete';
};

const checkCvc = (digits, brand) => {
  if (digits === '') return 'empty';
  return digits.length < brand.cvc ? 'incomplete' : 'complete';
};

const checkPostal = (text) => (text.trim() === '' ? 'empty' : 'complete');

const INCOMPLETE = {
  cardnumber: validationError('incomplete_number', 'Your card number is incomplete.'),
  'exp-date': validationError('incomplete_expiry', 'Your card\'s expiration date is incomplete.'),
  cvc: validationError('incomplete_cvc', 'Your card\'s security code is incomplete.'),
  postal: validationError('incomplete_zip', 'Your postal code is incomplete.'),
};
