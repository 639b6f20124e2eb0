package people

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/contact"
)

// OrderImport is a file of till receipts.
type OrderImport struct {
	Table  Table
	Source string   // whose numbers the orders have; "" means "file"
	Pairs  []string // "column=field"
	Region string
	// Currency of rows that name none; "" means the shop's.
	Currency string
	// Create makes contacts for numbers that nobody has; without it their rows
	// are refused. They have consented to nothing.
	Create   bool
	DryRun   bool
	Progress func(rows int)
	Each     func(Outcome)
}

// clockSlack is how far ahead of this computer's clock a till may be: a day
// holds any time zone. Beyond that the year is a slip of the finger.
const clockSlack = 24 * time.Hour

// errDry ends a part of a dry run: it is done in full and then undone, so that
// it cannot say anything else than the run itself.
var errDry = errors.New("dry run")

// ImportOrders brings in receipts, part by part. A negative amount is a refund:
// it lowers what was spent and is no purchase. An order is known by its
// source and number: a second run changes nothing, and one that was cut short by
// a crash is finished by running it again. Cancelled or failed it takes back
// what it added. Errors as Import; InvalidInput for a Currency that is none.
func (s *Service) ImportOrders(ctx context.Context, o OrderImport) (Imported, error) {
	const op = "people.ImportOrders"
	im, err := s.prepareOrders(ctx, o)
	if err != nil {
		return Imported{}, err
	}
	for more := true; more && err == nil; {
		var p []orderRow
		if p, more, err = im.next(ctx); err == nil {
			err = im.part(ctx, p)
		}
	}
	if err != nil {
		return Imported{}, errors.Join(fail(op, err), im.takeBack(context.WithoutCancel(ctx)))
	}
	return im.out, nil
}

func (s *Service) prepareOrders(ctx context.Context, o OrderImport) (*orderImporter, error) {
	first, err := head(o.Table.Next)
	if err != nil {
		return nil, err
	}
	if o.Source == "" {
		o.Source = "file"
	}
	if o.Currency == "" {
		if o.Currency, err = s.Currency(ctx); err != nil {
			return nil, err
		}
	}
	if !isCurrency(o.Currency) {
		return nil, core.Fail(core.InvalidInput, "people.ImportOrders", errors.New("not a currency"))
	}
	var cells [][]string
	for _, r := range first {
		cells = append(cells, r.Cells)
	}
	m, bad := s.OrderColumns.Apply(s.OrderColumns.Guess(o.Table.Header, cells, o.Region), o.Table.Header, o.Pairs)
	if bad != "" {
		return nil, &BadPair{bad}
	}
	for _, need := range []string{contact.ColOrderID, contact.ColDate, contact.ColAmount} {
		if !slices.Contains(m, need) {
			return nil, core.Fail(core.NotATable, "people.ImportOrders", errors.New("no column "+need))
		}
	}
	im := &orderImporter{Service: s, o: o, first: first, seen: map[string]int{}, before: map[int64]core.Purchase{}, backs: map[int64]back{}, reader: contact.OrderReader{Mapping: m, Region: o.Region, Latest: s.Now().Add(clockSlack)}}
	if im.counted, err = s.Currency(ctx); err != nil {
		return nil, err
	}
	if im.bones, err = s.salt(ctx); err != nil {
		return nil, err
	}
	if s.Rules != nil {
		if zone, err := time.LoadLocation(s.Rules().Hours.TimeZone); err == nil {
			im.reader.Zone = zone
		}
	}
	im.out.Columns = map[string]string{}
	for i, f := range m {
		if f != "" {
			im.out.Columns[o.Table.Header[i]] = f
		}
	}
	return im, nil
}

// orderImporter is one import under way.
type orderImporter struct {
	*Service
	o       OrderImport
	first   []Row
	reader  contact.OrderReader
	counted string         // the currency that facts are in
	bones   string         // salt of the tombstones, "" when nobody was ever erased
	seen    map[string]int // row by order
	out     Imported
	added   []int64                 // receipts and
	made    []int64                 // people of this run
	before  map[int64]core.Purchase // receipts that it changed, as they were
	backs   map[int64]back          // what takes back that a receipt was told of
}

// back is what Service.Bought returned.
type back = func(core.Tx) error

// orderRow is a row with what it says.
type orderRow struct {
	row   Row
	draft contact.OrderDraft
	bad   *contact.Bad
}

// next reads the next part.
func (im *orderImporter) next(ctx context.Context) (p []orderRow, more bool, err error) {
	for len(p) < part {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		var r Row
		if len(im.first) > 0 {
			r, im.first = im.first[0], im.first[1:]
		} else if r, err = im.o.Table.Next(); errors.Is(err, io.EOF) {
			return p, false, nil
		} else if err != nil {
			return nil, false, err
		}
		or := orderRow{row: r}
		if r.Problem == "" {
			or.draft, or.bad = im.reader.Draft(r.Cells)
		}
		p = append(p, or)
	}
	return p, true, nil
}

// done is what a part did; it counts when the part is on disk.
type done struct {
	outcomes []Outcome
	seen     map[string]int
	added    []int64
	made     []int64
	before   map[int64]core.Purchase
	backs    map[int64]back
	touched  map[int64]bool
}

func (im *orderImporter) part(ctx context.Context, p []orderRow) error {
	var d *done
	err := im.write(ctx, func(tx Tx) error { // may run twice
		d = &done{seen: map[string]int{}, before: map[int64]core.Purchase{}, backs: map[int64]back{}, touched: map[int64]bool{}}
		owners, err := im.owners(tx, p)
		if err != nil {
			return err
		}
		for i := range p {
			o, err := im.row(tx, d, owners, &p[i])
			if err != nil {
				return err
			}
			o.Row = p[i].row.Line
			d.outcomes = append(d.outcomes, o)
		}
		if im.o.DryRun {
			return errDry
		}
		return im.refresh(tx, slices.Sorted(maps.Keys(d.touched)), im.counted)
	})
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	maps.Copy(im.seen, d.seen)
	if !im.o.DryRun {
		im.added, im.made = append(im.added, d.added...), append(im.made, d.made...)
		maps.Copy(im.backs, d.backs)
		for id, was := range d.before {
			if _, earlier := im.before[id]; !earlier {
				im.before[id] = was
			}
		}
	}
	for i := range d.outcomes {
		im.out.count(&d.outcomes[i], im.o.Each)
	}
	if im.o.Progress != nil {
		im.o.Progress(im.out.Rows)
	}
	return nil
}

// owners tells whose the addresses of a part are.
func (im *orderImporter) owners(tx Tx, p []orderRow) (map[core.Identity]int64, error) {
	values := map[core.IdentityKind][]string{}
	for i := range p {
		d := &p[i].draft
		if d.Phone != "" {
			values[core.IdentityPhone] = append(values[core.IdentityPhone], phoneForms(string(d.Phone))...)
		}
		if d.UserID != "" {
			values[core.IdentityUser] = append(values[core.IdentityUser], d.UserID)
		}
	}
	out := map[core.Identity]int64{}
	for kind, vs := range values {
		got, err := tx.Owners(kind, vs)
		if err != nil {
			return nil, err
		}
		for v, id := range got {
			out[core.Identity{Kind: kind, Value: v}] = id
		}
	}
	return out, nil
}

// row writes one receipt.
func (im *orderImporter) row(tx Tx, d *done, owners map[core.Identity]int64, r *orderRow) (Outcome, error) {
	refused := Outcome{Fate: FateRefused, Problem: Problem{Row: r.row.Line, Code: r.row.Problem}}
	if r.bad != nil {
		refused.Problem = im.o.Table.problem(r.row.Line, r.bad)
	}
	if refused.Problem.Code != "" {
		return refused, nil
	}
	dr := &r.draft
	if first := max(im.seen[dr.Ref], d.seen[dr.Ref]); first != 0 {
		return Outcome{Fate: FateDuplicate, Duplicate: first}, nil
	}
	id, why, err := im.customer(tx, d, owners, dr)
	if err != nil {
		return Outcome{}, err
	}
	if id == 0 {
		refused.Problem.Code, refused.Problem.Value = string(why), string(dr.Phone)
		return refused, nil
	}
	d.seen[dr.Ref] = r.row.Line
	p := core.Purchase{Source: im.o.Source, Ref: dr.Ref, ContactID: id, At: dr.At, Campaign: dr.Campaign, Amount: core.Money{Amount: Amount(dr.Amount), Currency: dr.Currency}}
	if p.Amount.Currency == "" {
		p.Amount.Currency = im.o.Currency
	}
	was, fate, err := tx.SavePurchase(&p, dr.Amount)
	if err != nil {
		return Outcome{}, err
	}
	d.touched[id] = true
	switch fate {
	case FateNew:
		d.added = append(d.added, p.ID)
		if im.Bought != nil {
			told, err := im.Bought(tx, id, p.At, p.Campaign)
			if err != nil {
				return Outcome{}, err
			}
			if told != nil {
				d.backs[p.ID] = told
			}
		}
	case FateUpdated:
		d.before[p.ID] = was
		d.touched[was.ContactID] = true
	}
	return Outcome{Fate: fate, Contact: id, Phone: dr.Phone}, nil
}

// customer finds who bought; 0 and the reason when nobody is known and none is
// to be made. Who asked to be forgotten is not made again by their purchases.
func (im *orderImporter) customer(tx Tx, d *done, owners map[core.Identity]int64, dr *contact.OrderDraft) (int64, contact.Problem, error) {
	if dr.ContactID != 0 {
		c, err := tx.Contact(dr.ContactID)
		if core.CodeOf(err) == core.NotFound {
			return 0, contact.NoCustomer, nil
		}
		return c.ID, "", err
	}
	if dr.Phone == "" {
		return owners[core.Identity{Kind: core.IdentityUser, Value: dr.UserID}], contact.NoCustomer, nil
	}
	forms := phoneForms(string(dr.Phone))
	for _, f := range forms {
		if id := owners[core.Identity{Kind: core.IdentityPhone, Value: f}]; id != 0 {
			return id, "", nil
		}
	}
	if id := owners[core.Identity{Kind: core.IdentityUser, Value: dr.UserID}]; id != 0 || !im.o.Create {
		return id, contact.NoCustomer, nil
	}
	if im.bones != "" {
		grave := tombstone(im.bones, core.IdentityPhone, slices.Min(forms))
		if buried, err := tx.Buried([]string{grave}); err != nil || buried[grave] {
			return 0, contact.Erased, err
		}
	}
	own := core.Identity{Kind: core.IdentityPhone, Value: string(dr.Phone)}
	ps := []Person{{Known: Known{Contact: core.Contact{Phone: dr.Phone, TimeZone: dr.Number.Zone, CreatedAt: im.Now()}}, Country: dr.Number.Country, Identities: []core.Identity{own}}}
	if err := tx.AddPeople(ps); err != nil {
		return 0, "", err
	}
	id := ps[0].Contact.ID
	owners[own] = id
	d.made = append(d.made, id)
	return id, "", nil
}

// takeBack removes what the run added, and what came of it.
func (im *orderImporter) takeBack(ctx context.Context) error {
	touched := map[int64]bool{}
	for n := 0; n < len(im.added); n += chunk {
		err := im.write(ctx, func(tx Tx) error {
			added := im.added[n:min(n+chunk, len(im.added))]
			for _, id := range added {
				if told := im.backs[id]; told != nil {
					if err := told(tx); err != nil {
						return err
					}
				}
			}
			ids, err := tx.RemovePurchases(added)
			for _, id := range ids {
				touched[id] = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	err := im.write(ctx, func(tx Tx) error {
		for _, p := range im.before {
			units, ok := unitsOf(p.Amount)
			if !ok {
				return core.Fail(core.Internal, "people.takeBack", nil)
			}
			now, _, err := tx.SavePurchase(&p, units)
			if err != nil {
				return err
			}
			touched[p.ContactID], touched[now.ContactID] = true, true
		}
		return nil
	})
	for _, id := range im.made {
		if err != nil {
			break
		}
		err = im.write(ctx, func(tx Tx) error {
			if alone, err := tx.Untouched(id); err != nil || !alone {
				return err
			}
			return tx.RemoveContact(id)
		})
	}
	if err != nil {
		return err
	}
	return im.each(ctx, slices.Sorted(maps.Keys(touched)), nil, func(tx Tx, id int64) error { return im.refresh(tx, []int64{id}, im.counted) })
}
