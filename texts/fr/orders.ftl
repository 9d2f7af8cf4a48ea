orders-title = Mes commandes
no-orders = Vous n’avez pas encore commandé de billet.
find-one = En trouver un sur le marché
resume = Reprendre
receipt = Reçu
show = Voir
checkout-title = Payez votre billet
reserved-for-you = Réservé pour vous seul.
time-left = Temps restant
until = Gardé jusqu’au
time-is-up = Le temps est écoulé.
billing = Adresse de facturation
billing-name = Nom sur la carte
country = Pays
line1 = Adresse
line2 = Appartement, étage ou société
city = Ville
region = État ou province
postal-code = Code postal
bank-waits = Votre banque attend que vous disiez si ce paiement est bien le vôtre. Continuez, ou payez ci-dessous avec une autre carte.
go-on = Continuer
card = Carte
card-loading = Le champ de la carte se charge…
card-failed = Le champ de la carte n’a pas pu être chargé. Vérifiez votre connexion et rechargez la page.
card-needs-script = Votre carte se saisit dans un champ de notre prestataire de paiement, Stripe, qui a besoin de JavaScript. Activez-le et rechargez cette page ; tout le reste ici fonctionne sans.
card-safe = Votre numéro de carte va uniquement à Stripe et ne parvient jamais à nos serveurs.
cancel = Annuler la réservation
paying = Paiement en cours…
last-attempt = Dernier essai :
not-completed = Le paiement n’a pas abouti et rien n’a été débité. Payez à nouveau.
receipt-title = Reçu
paid-note = Payé. Le billet est à vous.
order-number = Numéro de commande
ticket = Billet
event-date = Événement
price = Prix
paid-with = Payé avec
billed-to = Facturé à
paid-at = Payé
ordered-at = Commandé
changed-at = Dernier changement
no-note = Le vendeur n’a pas laissé de note.
refund = Rembourser
refund-title = Rendre le billet ?
refund-note = Le prix entier retourne sur votre carte et le billet n’est plus à vous. C’est définitif.
keep-ticket = Garder le billet
not-refundable = Cette commande ne peut pas être remboursée maintenant : elle n’est pas payée, elle est déjà remboursée, son paiement est contesté, ou le délai de remboursement est passé.
back-to-order = Retour à la commande
refund-failed = Le dernier remboursement n’a pas abouti ; le billet est donc toujours à vous. Réessayez ; si cela échoue encore, écrivez-nous avec le numéro de la commande.
sale-title = Commande de votre billet
order-title = Votre commande
look-for-another = Chercher un autre billet
see-ticket = Voir le billet
pay = Payer
minutes-left = { $minutes ->
    [one] Il reste { $minutes } minute.
   *[other] Il reste { $minutes } minutes.
}
other-card = Carte

# Where an order stands, in a word.
status-waiting = En attente de paiement
status-expired = Expirée
status-paying = Paiement en cours
status-paid = Payée
status-refunding = Remboursement en cours
status-refunded = Remboursée
status-cancelled = Annulée

# Where an order that is neither payable nor paid stands.
outcome-expired = Votre temps pour payer est écoulé et le billet est retourné sur le marché. Rien n’a été débité.
outcome-approved = Votre banque a accepté le paiement. Nous terminons la commande, ce qui prend quelques secondes.
outcome-refunding = Votre remboursement est en cours. Votre banque l’affiche d’ici quelques jours.
outcome-refunded = Le prix entier est retourné sur votre carte.
outcome-moderation = Un modérateur a retiré l’annonce du marché ; votre réservation est donc annulée. Rien n’a été débité.
outcome-payment-failed = Le paiement a échoué ; la commande est donc annulée. Rien n’a été débité.
outcome-cancelled = Cette réservation a été annulée. Rien n’a été débité.

# Where a dispute of the payment stands.
dispute-open = Le titulaire de la carte conteste ce paiement auprès de sa banque. Tant que celle-ci n’a pas tranché, il ne peut pas être remboursé.
dispute-won = Le titulaire de la carte a contesté ce paiement, et la banque a décidé qu’il est maintenu.
dispute-lost = Le titulaire de la carte a contesté ce paiement, et la banque lui a rendu l’argent. Il ne peut pas être remboursé une seconde fois.

# Where an order stands, for the seller.
sale-reserved = Quelqu’un a réservé votre billet et doit encore payer.
sale-expired = L’acheteur n’a pas payé à temps. Votre billet retourne sur le marché.
sale-approved = La banque de l’acheteur a accepté le paiement. La commande est en train d’aboutir.
sale-paid = Votre billet est vendu et payé. Remettez-le comme le dit votre note.
sale-refunding = L’acheteur est en train d’être remboursé.
sale-refunded = L’acheteur a été remboursé.
sale-cancelled = L’acheteur n’a pas payé ; la commande est donc annulée.
