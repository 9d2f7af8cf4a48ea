# Also what is said of a card that was reported lost or stolen or that Stripe
# suspects of fraud: whoever holds it should not learn that.
generic = Votre carte a été refusée. Payez avec une autre carte, ou demandez pourquoi à votre banque.
insufficient-funds = Votre carte a été refusée faute de provision suffisante. Payez avec une autre carte.
limit = Votre carte a été refusée parce que son plafond est atteint. Payez avec une autre carte.
expired = Votre carte a été refusée parce qu’elle a expiré. Payez avec une autre carte.
security-code = Votre carte a été refusée parce que son code de sécurité est faux. Vérifiez le code et payez à nouveau.
number = Votre carte a été refusée parce que son numéro est faux. Vérifiez le numéro et payez à nouveau.
expiry = Votre carte a été refusée parce que sa date d’expiration est fausse. Vérifiez la date et payez à nouveau.
address = Votre carte a été refusée parce que l’adresse ne lui correspond pas. Vérifiez l’adresse et payez à nouveau.
pin = Votre carte a été refusée parce qu’elle exige son code secret, qui ne peut pas être donné en ligne. Payez avec une autre carte.
confirm = Votre banque veut que vous confirmiez ce paiement. Payez à nouveau et suivez ses instructions.
unconfirmed = Votre banque n’a pas pu confirmer qu’il s’agit de vous. Payez à nouveau, ou avec une autre carte.
kind = Votre carte a été refusée parce qu’elle ne peut pas servir à ce genre d’achat. Payez avec une autre carte.
currency = Votre carte a été refusée parce qu’elle n’accepte pas cette monnaie. Payez avec une autre carte.
duplicate = Votre carte a été refusée parce qu’un paiement du même montant a été fait à l’instant. Regardez vos commandes avant de payer à nouveau.
account = Votre carte a été refusée à cause de son compte. Demandez à votre banque, ou payez avec une autre carte.
amount = Votre carte a été refusée parce que le montant dépasse ce qu’elle permet. Demandez à votre banque, ou payez avec une autre carte.
later = Votre banque n’a pas pu être interrogée. Payez à nouveau dans un instant ; si c’est encore refusé, payez avec une autre carte.
test-card = Votre carte a été refusée parce que c’est une carte de test. Payez avec une vraie carte.
